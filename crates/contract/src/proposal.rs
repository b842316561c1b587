//! What `learn` and `calibrate` have seen and propose. A proposal is no fact until a person accepts it.

use crate::model::*;
use crate::readiness::has_unknown_extent;
use crate::syntax::Word;

/// One proposed fact, as it stands in a contract file under `[[proposal]]`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Proposal {
    /// The routine it is about; none for a fact about a type.
    pub routine: Option<String>,
    /// What it sets, as keys below the routine: `params.elt.use`, `params.elt.type`, `params.elt.nullable`,
    /// `params.elt.tolerance`, `returns.tolerance`, `status`, `state.cst`, `effects`; or, without a routine,
    /// `type.bulletin.fields.next.use`.
    pub set: String,
    /// The value, as TOML.
    pub value: String,
    /// How many calls speak for it.
    pub calls: u64,
    /// Who proposes it: `learn` or `calibrate`.
    pub by: String,
    /// What was seen.
    pub why: String,
    /// What a person wrote that it contradicts.
    pub conflict: Option<String>,
    /// A person has looked at it and said no: it is not proposed again.
    pub rejected: bool,
}

/// How a proposal relates to what the contract says already.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Judgement {
    /// The contract does not say it.
    New,
    /// The contract says it, or something that leaves room for it.
    Known,
    /// The contract says something else.
    Conflict(String),
    /// The contract has nothing of that name.
    Nowhere,
}

impl Proposal {
    /// What it is about, as a person names it: `eck_hec.params.elt.use`.
    pub fn place(&self) -> String {
        match &self.routine {
            Some(routine) => format!("{routine}.{}", self.set),
            None => self.set.clone(),
        }
    }

    /// The value, if it is a plain word.
    pub fn word(&self) -> Option<&str> {
        self.value.strip_prefix('"')?.strip_suffix('"')
    }

    /// Holds it against the contract.
    pub fn judge(&self, contract: &Contract) -> Judgement {
        let keys: Vec<&str> = self.set.split('.').collect();
        let Some(name) = &self.routine else { return self.judge_field(contract, &keys) };
        let Some(routine) = contract.routine(name) else { return Judgement::Nowhere };
        match keys[..] {
            ["params", param, key] => match routine.params.iter().find(|p| p.name == param) {
                Some(param) => self.judge_param(param, key),
                None => Judgement::Nowhere,
            },
            ["returns", "use"] => match routine.returns.as_ref().map(|returns| returns.usage) {
                Some(Use::Ignored) => Judgement::Known,
                Some(_) => Judgement::New,
                None => Judgement::Nowhere,
            },
            ["returns", "tolerance"] => match &routine.returns {
                Some(returns) => wider(returns.tolerance.as_ref()),
                None => Judgement::Nowhere,
            },
            ["status"] if routine.status.is_none() => Judgement::New,
            ["status"] => Judgement::Known,
            ["state", area] => {
                let entry = routine.state.iter().find(|entry| entry.area == area);
                let inner = self.inner("use").and_then(|word| Use::from_name(&word));
                entry.map_or(Judgement::New, |entry| direction(entry.usage, inner))
            }
            ["effects"] => match (routine.effects, self.word().and_then(Effects::from_name)) {
                (Effects::Unknown, _) => Judgement::New,
                (said, Some(seen)) if rank(said) >= rank(seen) => Judgement::Known,
                (said, _) => Judgement::Conflict(format!("the contract says \"{}\"", said.name())),
            },
            _ => Judgement::Nowhere,
        }
    }

    fn judge_param(&self, param: &Param, key: &str) -> Judgement {
        match key {
            "use" => direction(param.usage, self.word().and_then(Use::from_name)),
            "nullable" if param.nullable => Judgement::Known,
            "nullable" => Judgement::New,
            "tolerance" => wider(param.tolerance.as_ref()),
            "type" if has_unknown_extent(&param.ty) => Judgement::New,
            "type" if self.word() == Some(param.ty.to_string().as_str()) => Judgement::Known,
            "type" => Judgement::Conflict(format!("the contract says \"{}\"", param.ty)),
            _ => Judgement::Nowhere,
        }
    }

    fn judge_field(&self, contract: &Contract, keys: &[&str]) -> Judgement {
        let ["type", name, "fields", field, key] = keys[..] else { return Judgement::Nowhere };
        let Some(TypeKind::Struct(fields) | TypeKind::Union(fields)) =
            contract.type_def(name).map(|def| &def.kind)
        else {
            return Judgement::Nowhere;
        };
        match (fields.iter().find(|f| f.name == field), key) {
            (None, _) => Judgement::Nowhere,
            (Some(field), "use") if field.usage == Use::Ignored => Judgement::Known,
            (Some(field), "tolerance") => wider(field.tolerance.as_ref()),
            (Some(_), _) => Judgement::New,
        }
    }

    /// A word inside an inline table.
    fn inner(&self, key: &str) -> Option<String> {
        let value: toml_edit::Value = self.value.parse().ok()?;
        value.as_inline_table()?.get(key)?.as_str().map(str::to_string)
    }
}

/// What was seen of a direction, against what is said of it. What was not seen may still happen: only what was seen and
/// is excluded by the contract contradicts it.
fn direction(said: Use, seen: Option<Use>) -> Judgement {
    let conflict = || Judgement::Conflict(format!("the contract says \"{}\"", said.name()));
    match (said, seen) {
        (Use::Unknown, _) => Judgement::New,
        (Use::Ignored, _) => Judgement::Known,
        (_, Some(Use::Ignored)) => Judgement::New,
        (Use::In, Some(Use::Out | Use::InOut | Use::Status)) => conflict(),
        (Use::Out | Use::Status, Some(Use::In | Use::InOut)) => conflict(),
        _ => Judgement::Known,
    }
}

/// A tolerance is proposed where a comparison failed: one that stands there was too small.
fn wider(said: Option<&Tolerance>) -> Judgement {
    match said {
        None => Judgement::New,
        Some(_) => Judgement::Conflict("the noise exceeds the tolerance in the contract".to_string()),
    }
}

fn rank(effects: Effects) -> u8 {
    match effects {
        Effects::Unknown | Effects::None => 0,
        Effects::State => 1,
        Effects::Io => 2,
    }
}
