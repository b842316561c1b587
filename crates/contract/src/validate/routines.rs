//! Checks of routines.

use super::types::fits;
use super::{Check, MAX_PARAMS, Place};
use crate::abi::MAX_BY_VALUE;
use crate::model::*;
use crate::names::nearest;
use crate::remote::{MAX_DEADLINE, Time};
use crate::toml::section::shown;
use std::collections::BTreeSet;

impl Check<'_> {
    pub(super) fn routine(&mut self, routine: &Routine) {
        let path = format!("routine.{}", routine.name);
        self.symbol(&format!("{path}.symbol"), &routine.symbol);
        self.count(&format!("{path}.state"), routine.state.len(), MAX_PARAMS);
        self.signature(&path, &routine.params, &routine.returns);
        self.status(&path, routine);
        let mut seen = BTreeSet::new();
        for (i, entry) in routine.state.iter().enumerate() {
            let path = format!("{path}.state.{i}");
            if !seen.insert(&entry.area) {
                let message = format!("area `{}` stands twice", shown(&entry.area));
                let hint = "a routine has one view of an area; make it a record or a union";
                self.issue(
                    &format!("{path}.area"),
                    "C102",
                    message,
                    "each area once",
                    entry.area.as_str(),
                    hint,
                );
            }
            self.state_use(&path, entry);
        }
        self.effects(&path, routine);
        self.remote(&path, routine);
        self.threads(&path, routine);
    }

    pub(super) fn signature(&mut self, path: &str, params: &[Param], returns: &Option<Returns>) {
        self.count(&format!("{path}.params"), params.len(), MAX_PARAMS);
        let names = params.iter().map(|param| param.name.as_str());
        self.listed_names(&format!("{path}.params"), "name", names);
        for (i, param) in params.iter().enumerate() {
            self.param(&format!("{path}.params.{i}"), params, param);
        }
        if let Some(returns) = returns {
            self.returns(&format!("{path}.returns"), returns);
        }
    }

    fn param(&mut self, path: &str, params: &[Param], param: &Param) {
        self.ty(&format!("{path}.type"), &param.ty, Place::Param(params, param.by));
        self.tolerance(path, &param.ty, &param.tolerance);
        if *self.contract.scalar(&param.ty) == Type::Fn {
            self.user_data(path, params, &param.user_data);
        } else if let Some(name) = &param.user_data {
            let message = format!("`{}` is called back by nobody", shown(&param.name));
            let hint = "write `user-data` at the parameter that is a function";
            let expected = "the address of a routine";
            self.issue(&format!("{path}.user-data"), "C147", message, expected, name.as_str(), hint);
        } else if let Some(kept) = param.kept {
            let message = format!("`{}` is called back by nobody", shown(&param.name));
            let hint = "write `kept` at the parameter that is a function";
            let expected = "the address of a routine";
            self.issue(&format!("{path}.kept"), "C147", message, expected, format!("kept = {kept}"), hint);
        }
        match param.by {
            By::Reference => return,
            By::Descriptor => return self.descriptor(path, &param.ty),
            By::Value => (),
        }
        if param.ty.is_always_by_reference() {
            let message = format!("`{}` cannot be passed by value", param.ty);
            let hint = "remove `by`: arrays and strings are passed by their address";
            self.issue(&format!("{path}.by"), "C117", message, "by = \"reference\"", "by = \"value\"", hint);
        } else if matches!(param.usage, Use::Out | Use::InOut | Use::Status) {
            let message = format!("`{}` is passed by value: nothing comes back", shown(&param.name));
            let hint = "write `by = \"reference\"` if the routine gets its address";
            let found = format!("use = \"{}\"", param.usage);
            self.issue(&format!("{path}.use"), "C118", message, "`in`, `ignored` or `unknown`", found, hint);
        }
        if param.nullable && !matches!(self.contract.scalar(&param.ty), Type::Ptr | Type::Fn) {
            let message = format!("`{}` is no address", shown(&param.name));
            let hint = "remove `nullable`, or write `by = \"reference\"`";
            self.issue(
                &format!("{path}.nullable"),
                "C141",
                message,
                "nullable addresses only",
                "nullable = true",
                hint,
            );
        }
        self.passable(&format!("{path}.type"), &param.ty);
    }

    /// What is released is released by a routine that is described, or by the C library.
    pub(super) fn release(&mut self, path: &str, release: &Option<String>) {
        let Some(name) = release else { return };
        let known = || self.contract.routines.iter().map(|routine| routine.name.as_str());
        if name == "free" || known().any(|routine| routine == name) {
            return;
        }
        let hint = match nearest(name, known()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("describe it under [routine.{}]", shown(name)),
        };
        let message = format!("`{}` is no routine of this contract", shown(name));
        let expected = "a routine that is given the address, or `free`";
        self.issue(&format!("{path}.release"), "C146", message, expected, name.as_str(), hint);
    }

    /// The user data of a callback travels in another parameter, as an address.
    pub(super) fn user_data(&mut self, path: &str, params: &[Param], user_data: &Option<String>) {
        let Some(name) = user_data else { return };
        let carries = |param: &&Param| param.name == *name && param.ty == Type::Ptr && param.by == By::Value;
        if params.iter().any(|param| carries(&param)) {
            return;
        }
        let message = format!("`{}` carries no address", shown(name));
        let hint = "name the `ptr` parameter that is handed on";
        self.issue(
            &format!("{path}.user-data"),
            "C147",
            message,
            "a parameter of type \"ptr\"",
            name.as_str(),
            hint,
        );
    }

    /// What makes the caller stop is a value that can be returned.
    pub(super) fn stop(&mut self, path: &str, returns: &Option<Returns>, stop: Option<i64>) {
        let Some(value) = stop else { return };
        let scalar = returns.as_ref().map(|returns| self.contract.scalar(&returns.ty));
        let possible = match scalar {
            Some(Type::Int(size @ (1 | 2 | 4 | 8), signed)) => fits(value, *size, *signed),
            Some(Type::Bool | Type::Logical(_)) => (0..=1).contains(&value),
            _ => false,
        };
        if !possible {
            let message = "it cannot return this".to_string();
            let hint = "only an integer or a truth value says stop";
            let found = value.to_string();
            self.issue(&format!("{path}.stop"), "C147", message, "a value it can return", found, hint);
        }
    }

    /// Only arrays have bounds to carry, and only Fortran and Ada carry them.
    fn descriptor(&mut self, path: &str, ty: &Type) {
        let language = self.contract.component.language;
        if !matches!(ty, Type::Array(..)) || !matches!(language, Language::Fortran | Language::Ada) {
            let message = format!("`{ty}` has no descriptor in {language}");
            let hint = "descriptors are those of Fortran and Ada arrays, such as \"[f64; :]\"";
            let expected = "an array of Fortran or Ada";
            self.issue(&format!("{path}.by"), "C143", message, expected, "by = \"descriptor\"", hint);
        }
    }

    fn passable(&mut self, path: &str, ty: &Type) {
        if let Some((size, _)) = self.contract.size_align(ty)
            && size > MAX_BY_VALUE
        {
            let expected = format!("at most {MAX_BY_VALUE} bytes");
            let hint = "such a record is passed by its address";
            self.issue(path, "C140", "too large to pass by value".into(), expected, size.to_string(), hint);
        }
    }

    fn returns(&mut self, path: &str, returns: &Returns) {
        let at = format!("{path}.type");
        let fortran = self.contract.component.language == Language::Fortran;
        let text = matches!(&returns.ty, Type::Array(element, _) if **element == Type::Char);
        if returns.by == By::Descriptor {
            self.descriptor(path, &returns.ty);
        } else if matches!(returns.ty, Type::Array(..)) && returns.by == By::Value && !(fortran && text) {
            let message = "an array cannot be returned".to_string();
            let hint = "an array result is a parameter by reference, or a record that holds it";
            self.issue(&at, "C117", message, "a scalar or a record", returns.ty.to_string(), hint);
        }
        self.ty(&at, &returns.ty, Place::Returned(returns.by));
        if returns.by == By::Value {
            self.passable(&at, &returns.ty);
        }
        self.tolerance(path, &returns.ty, &returns.tolerance);
        self.release(path, &returns.release);
        if returns.release.is_some() && returns.by != By::Reference && returns.ty != Type::Ptr {
            let message = "a value is nobody's to release".to_string();
            let hint = "remove `release`, or write `by = \"reference\"`";
            let found = returns.ty.to_string();
            self.issue(&format!("{path}.release"), "C146", message, "a returned address", found, hint);
        }
        if matches!(returns.usage, Use::In | Use::InOut) {
            let message = "a returned value only comes out".to_string();
            let expected = "`out`, `status`, `ignored` or `unknown`";
            self.issue(
                &format!("{path}.use"),
                "C130",
                message,
                expected,
                returns.usage.to_string(),
                "write `use = \"out\"`",
            );
        }
    }

    /// The one place the status code comes from, and the codes themselves.
    fn status(&mut self, path: &str, routine: &Routine) {
        let params = routine.params.iter().enumerate();
        let params = params.map(|(i, param)| (format!("{path}.params.{i}"), &param.ty, param.usage));
        let returns = routine.returns.iter().map(|r| (format!("{path}.returns"), &r.ty, r.usage));
        let carriers: Vec<_> = params.chain(returns).filter(|(_, _, usage)| *usage == Use::Status).collect();
        for (at, _, _) in carriers.iter().skip(1) {
            let hint = "one value carries the status; the others are `out`";
            let found = format!("{} of them", carriers.len());
            self.issue(
                &format!("{at}.use"),
                "C119",
                "more than one status".into(),
                "one `use = \"status\"`",
                found,
                hint,
            );
        }
        match (carriers.first(), &routine.status) {
            (None, None) => (),
            (None, Some(_)) => {
                let hint =
                    "write `use = \"status\"` at the parameter or the returned value that holds the code";
                let message = "no value carries this status".to_string();
                self.issue(
                    &format!("{path}.status"),
                    "C120",
                    message,
                    "one `use = \"status\"`",
                    "none",
                    hint,
                );
            }
            (Some((at, ..)), None) => {
                let hint = "add for instance `status = { ok = 0, error = \"!= 0\" }`";
                let message = "which codes are errors is not said".to_string();
                self.issue(&format!("{at}.use"), "C121", message, "`status` of the routine", "none", hint);
            }
            (Some((at, ty, _)), Some(status)) => self.carrier(path, at, ty, status),
        }
        if let Some(status) = &routine.status {
            self.codes(&format!("{path}.status"), status);
        }
    }

    fn carrier(&mut self, path: &str, at: &str, ty: &Type, status: &Status) {
        let &Type::Int(size @ (1 | 2 | 4 | 8), signed) = self.contract.scalar(ty) else {
            let message = format!("a status is an integer, not `{ty}`");
            let hint = "correct the type, or `use`";
            return self.issue(
                &format!("{at}.type"),
                "C122",
                message,
                "an integer or an enumeration",
                ty.to_string(),
                hint,
            );
        };
        for (key, code) in [("ok", Some(status.ok)), ("panic", status.panic)] {
            if let Some(code) = code
                && !fits(code, size, signed)
            {
                let message = format!("`{key}` does not fit `{ty}`");
                let hint = "choose a code the routine can return";
                self.issue(
                    &format!("{path}.status.{key}"),
                    "C125",
                    message,
                    format!("a value of `{ty}`"),
                    code.to_string(),
                    hint,
                );
            }
        }
    }

    fn codes(&mut self, path: &str, status: &Status) {
        for (key, condition) in [("warning", status.warning), ("error", status.error)] {
            let Some(condition) = condition else { continue };
            if condition.is_empty() || condition.holds(status.ok) {
                let message = format!("`{key}` excludes everything, or includes the code of success");
                let expected = format!("codes, {} not among them", status.ok);
                let hint = "correct `ok` or the condition";
                self.issue(&format!("{path}.{key}"), "C124", message, expected, condition.to_string(), hint);
            }
        }
        if let (Some(warning), Some(error)) = (status.warning, status.error)
            && let Some(both) = warning.common(&error)
        {
            let message = format!("{both} would be a warning and an error");
            let expected = "conditions that exclude each other";
            let found = format!("`{warning}` and `{error}`");
            self.issue(
                &format!("{path}.error"),
                "C124",
                message,
                expected,
                found,
                "narrow one of them, as with `1..9`",
            );
        }
        if let Some(panic) = status.panic
            && !status.error.is_some_and(|error| error.holds(panic))
        {
            let message = "a panic must be an error".to_string();
            let expected = match status.error {
                Some(error) => format!("a code that is `{error}`"),
                None => "an `error` condition that includes it".to_string(),
            };
            let hint = "choose an error code that no one uses otherwise";
            self.issue(&format!("{path}.panic"), "C123", message, expected, panic.to_string(), hint);
        }
    }

    fn state_use(&mut self, path: &str, entry: &StateUse) {
        self.ty(&format!("{path}.view"), &entry.view, Place::Stored);
        if entry.usage == Use::Status {
            let message = "state cannot carry the status".to_string();
            let expected = "`in`, `out`, `inout`, `ignored` or `unknown`";
            let hint = "the status is a parameter or the returned value";
            self.issue(&format!("{path}.use"), "C130", message, expected, "status", hint);
        }
        let Some(area) = self.contract.state_area(&entry.area) else {
            let known = self.contract.state.iter().map(|area| area.name.as_str());
            let hint = match nearest(&entry.area, known) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("define it under [state.{}]", shown(&entry.area)),
            };
            let message = format!("state area `{}` is not defined", shown(&entry.area));
            let expected = "an area defined under [state.*]";
            return self.issue(&format!("{path}.area"), "C126", message, expected, entry.area.as_str(), hint);
        };
        if let Some((size, _)) = self.contract.size_align(&entry.view)
            && size > area.size
            && area.size > 0
        {
            let message = format!("the view is larger than `{}`", shown(&area.name));
            let expected = format!("at most {} bytes", area.size);
            let hint = "correct the view's type or the area's size";
            self.issue(&format!("{path}.view"), "C127", message, expected, size.to_string(), hint);
        }
    }

    fn remote(&mut self, path: &str, routine: &Routine) {
        let Remote { idempotent, deadline, fallback } = routine.remote;
        if deadline.is_zero() || deadline > MAX_DEADLINE {
            let message = "no call can keep this deadline, or none would wait so long".to_string();
            let found = Time(deadline).to_string();
            let hint = "write for instance \"200 ms\": it holds for the whole call, and the caller waits";
            let expected = "1 ms to 60 min";
            self.issue(&format!("{path}.remote.deadline"), "C149", message, expected, found, hint);
        }
        let carried = routine.params.iter().any(|param| param.usage == Use::Status)
            || routine.returns.as_ref().is_some_and(|returns| returns.usage == Use::Status);
        let code = routine.status.as_ref().and_then(Status::failure);
        // A carrier without a status is an error of its own.
        if fallback == Fallback::Status && code.is_none() && carried == routine.status.is_some() {
            let message = "which status a call without an answer gets is not said".to_string();
            let expected = "a `status` with `panic`, or with a single error code such as `= 3`";
            let found = if routine.status.is_some() { "a status without one" } else { "no status" };
            let hint = "write `panic` in `status`, or leave `fallback` out: then the legacy routine answers";
            self.issue(&format!("{path}.remote.fallback"), "C150", message, expected, found, hint);
        }
        if idempotent && routine.effects == Effects::Io {
            let message = "what it does outside would be done twice".to_string();
            let hint = "remove `idempotent`; or write `effects = \"state\"` if it only writes declared state";
            let expected = "a routine that acts through its outputs alone";
            let found = "a routine that does input or output";
            self.issue(&format!("{path}.remote.idempotent"), "C151", message, expected, found, hint);
        }
    }

    fn effects(&mut self, path: &str, routine: &Routine) {
        let writes = routine.state.iter().find(|s| matches!(s.usage, Use::Out | Use::InOut));
        if let (Effects::None, Some(entry)) = (routine.effects, writes) {
            let message = format!("`{}` is written", shown(&entry.area));
            let hint = "write `effects = \"state\"`";
            self.issue(&format!("{path}.effects"), "C138", message, "`state` or `io`", "none", hint);
        }
    }

    /// Storage that a routine writes and several threads may be in at once is written by two at once.
    fn threads(&mut self, path: &str, routine: &Routine) {
        let writes = routine.state.iter().find(|s| matches!(s.usage, Use::Out | Use::InOut));
        if let (Threads::Free, Some(entry)) = (routine.threads, writes) {
            let message = format!("several threads at a time would write `{}`", shown(&entry.area));
            let hint = "write `threads = \"serial\"`";
            self.issue(&format!("{path}.threads"), "C148", message, "`serial`", "free", hint);
        }
    }
}
