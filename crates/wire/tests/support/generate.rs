//! Routines of everything that travels, as three machines lay them out, and memory for their calls.

use cmp_bridge_contract::areas::Owner;
use cmp_bridge_contract::expr::Expr;
use cmp_bridge_contract::lift::{Endian, FloatKind, Value, lift};
use cmp_bridge_contract::model::*;
use cmp_bridge_wire::{Converter, Native};
use proptest::prelude::*;

/// How many cases a test looks at: fifty times as many in the long run.
pub fn cases(usual: u32) -> ProptestConfig {
    let long = std::env::var_os("CMP_BRIDGE_LONG").is_some_and(|value| value == "1");
    ProptestConfig::with_cases(if long { 50 * usual } else { usual })
}

/// The machines of the tests.
pub const TARGETS: [Target; 3] = [Target::X86_64, Target::I386, Target::PaRisc];

/// What one parameter is.
#[derive(Debug, Clone)]
pub struct Draft {
    kind: Kind,
    usage: Use,
    nullable: bool,
}

#[derive(Debug, Clone)]
enum Kind {
    Value(Type),
    Reference(Type),
    /// `[T; expression of n]`.
    Counted(Type, Expr),
    Chars,
    Cstr,
}

/// A routine, before any machine lays it out.
#[derive(Debug, Clone)]
pub struct Drafts {
    /// Fields of the inner and of the outer record.
    fields: [Vec<(Type, bool, bool)>; 2],
    params: Vec<Draft>,
    returns: Option<Type>,
    state: Option<Type>,
}

fn scalar() -> impl Strategy<Value = Type> {
    let ints = [1, 2, 4, 8].map(|size| [Type::Int(size, true), Type::Int(size, false)]).concat();
    let logicals = [1, 2, 4, 8].map(Type::Logical);
    let others =
        [Type::F32, Type::F64, Type::F64, Type::ComplexF32, Type::ComplexF64, Type::Bool, Type::Char];
    let named = [Type::Named("mode".into())];
    proptest::sample::select([&ints[..], &logicals, &others, &named].concat())
}

fn fixed(element: Type, count: i64) -> Type {
    Type::Array(Box::new(element), Extent::Expr(Expr::Const(count)))
}

/// What stands in a record or is passed whole: scalars, arrays, and arrays of arrays.
fn sized(records: Vec<&'static str>) -> impl Strategy<Value = Type> {
    let records = records.into_iter().map(|name| Type::Named(name.into())).collect::<Vec<_>>();
    let element = if records.is_empty() {
        scalar().boxed()
    } else {
        prop_oneof![scalar(), proptest::sample::select(records)].boxed()
    };
    (element, 0i64..4, 0i64..3).prop_map(|(element, outer, inner)| match (outer, inner) {
        (0, _) => element,
        (outer, 0) => fixed(element, outer),
        (outer, inner) => fixed(fixed(element, inner), outer),
    })
}

fn counted() -> impl Strategy<Value = (Type, Expr)> {
    let element = prop_oneof![scalar(), Just(Type::Named("outer".into())), Just(Type::Named("inner".into()))];
    let texts = proptest::sample::select(vec!["n", "2*n-1", "3*(n-2)", "n*n"]);
    (element, texts).prop_map(|(element, text)| (element, Expr::parse(text).expect("an expression")))
}

fn draft() -> impl Strategy<Value = Draft> {
    let whole = || sized(vec!["inner", "outer"]);
    let value = prop_oneof![scalar(), Just(Type::Named("inner".into()))];
    let kind = prop_oneof![
        value.prop_map(Kind::Value),
        whole().prop_map(Kind::Reference),
        counted().prop_map(|(element, count)| Kind::Counted(element, count)),
        Just(Kind::Chars),
        Just(Kind::Cstr),
    ];
    let usage = proptest::sample::select(vec![Use::In, Use::Out, Use::InOut, Use::Ignored]);
    (kind, usage, any::<bool>()).prop_map(|(kind, usage, nullable)| {
        let usage = match (&kind, usage) {
            (Kind::Value(_) | Kind::Cstr, Use::Out | Use::InOut) => Use::In,
            (_, usage) => usage,
        };
        Draft { kind, usage, nullable }
    })
}

/// Any routine that travels.
pub fn drafts() -> impl Strategy<Value = Drafts> {
    let inner = (sized(vec![]), any::<bool>(), any::<bool>());
    let outer = (sized(vec!["inner"]), any::<bool>(), any::<bool>());
    let fields = (proptest::collection::vec(inner, 0..4), proptest::collection::vec(outer, 0..4));
    let returned =
        prop_oneof![scalar(), Just(Type::Named("outer".into())), Just(Type::Named("inner".into()))];
    let params = proptest::collection::vec(draft(), 0..6);
    let state = proptest::option::of(sized(vec!["inner"]));
    (fields, params, proptest::option::of(returned), state).prop_map(
        |((inner, outer), params, returns, state)| Drafts { fields: [inner, outer], params, returns, state },
    )
}

/// The contract of the one routine `r`, for a machine.
pub fn contract(drafts: &Drafts, target: Target) -> Contract {
    let mut component = Component::new("generated", Language::Fortran);
    component.target = target;
    let mut contract = Contract::new(component);
    let values = vec![("A".to_string(), 1), ("B".to_string(), 2)];
    contract.types.push(TypeDef::new("mode", TypeKind::Enum { repr: Type::Int(2, true), values }, 2, 2));
    for (name, fields) in ["inner", "outer"].into_iter().zip(&drafts.fields) {
        let def = record(&contract, name, fields);
        contract.types.push(def);
    }
    let mut routine = Routine::new("r", "r_", Language::Fortran);
    let middle = drafts.params.len() / 2;
    for (i, draft) in drafts.params.iter().enumerate() {
        if i == middle {
            routine.params.push(Param::new("n", Type::Int(2, true), By::Reference, Use::InOut));
        }
        routine.params.push(param(i, draft));
    }
    if middle == drafts.params.len() {
        routine.params.push(Param::new("n", Type::Int(2, true), By::Value, Use::In));
    }
    routine.returns = drafts.returns.clone().map(|ty| Returns::new(ty, Use::Out));
    routine.effects = Effects::None;
    if let Some(view) = &drafts.state {
        let size = contract.size_align(view).expect("a size").0 + 3;
        let (name, symbol) = ("cst".to_string(), "cst_".to_string());
        contract.state.push(StateArea { name, symbol, file: None, size, kind: StateKind::Common });
        routine.state.push(StateUse { area: "cst".into(), view: view.clone(), usage: Use::InOut });
        routine.effects = Effects::State;
    }
    contract.routines.push(routine);
    contract
}

fn param(i: usize, draft: &Draft) -> Param {
    let (ty, by) = match &draft.kind {
        Kind::Value(ty) => (ty.clone(), By::Value),
        Kind::Reference(ty) => (ty.clone(), By::Reference),
        Kind::Counted(element, count) => {
            (Type::Array(Box::new(element.clone()), Extent::Expr(count.clone())), By::Reference)
        }
        Kind::Chars => (Type::Chars, By::Reference),
        Kind::Cstr => (Type::Cstr, By::Reference),
    };
    let mut param = Param::new(format!("p{i}"), ty, by, draft.usage);
    param.nullable = draft.nullable && by == By::Reference;
    param
}

/// A record as the machine's C compiler lays it out: with two bit fields, an address of its own, and a gap.
fn record(contract: &Contract, name: &str, drafts: &[(Type, bool, bool)]) -> TypeDef {
    let word = Type::Int(4, false);
    let mut fields = vec![
        Field { bits: Some((0, 5)), ..Field::new("low", word.clone(), 0) },
        Field { bits: Some((5, 11)), ..Field::new("high", Type::Int(4, true), 0) },
    ];
    let (mut end, mut align) = (4u64, 4u64);
    let address = (Type::Ptr, true, false);
    for (i, (ty, ignored, gap)) in drafts.iter().chain([&address]).enumerate() {
        let (size, mut natural) = contract.size_align(ty).expect("a size");
        if contract.component.target == Target::I386 {
            natural = natural.min(4);
        }
        let offset = (end + if *gap { 3 } else { 0 }).next_multiple_of(natural);
        let mut field = Field::new(format!("f{i}"), ty.clone(), offset);
        if *ignored {
            field.usage = Use::Ignored;
        }
        fields.push(field);
        (end, align) = (offset + size, align.max(natural));
    }
    TypeDef::new(name, TypeKind::Struct(fields), end.next_multiple_of(align), align)
}

/// Fills memory for a call in which `n` is `n`, from `seed`. Absent are the areas that `seed` says.
pub fn fill(contract: &Contract, converter: &Converter, n: i16, seed: &[u8]) -> Native {
    let routine = &contract.routines[0];
    let big = contract.component.target.is_big_endian();
    let mut native = converter.native();
    let mut bytes = seed.iter().copied().cycle();
    let mut random = |length: usize| -> Vec<u8> { bytes.by_ref().take(length).collect() };
    let count = |ty: &Type| -> usize {
        let mut elements = 1i64;
        let mut ty = ty;
        while let Type::Array(element, Extent::Expr(extent)) = ty {
            elements *= extent.evaluate(&|_| Some(i64::from(n))).expect("small").max(0);
            ty = element;
        }
        elements as usize * contract.size_align(ty).map_or(1, |(size, _)| size as usize)
    };
    let number = if big { n.to_be_bytes() } else { n.to_le_bytes() };
    for (i, param) in routine.params.iter().enumerate().filter(|(_, param)| param.by == By::Value) {
        let length = native.value(i).len();
        let value = if param.name == "n" { number.to_vec() } else { random(length) };
        native.set_value(i, &value);
    }
    for (index, owner) in converter.owners().iter().enumerate() {
        let bytes = match owner {
            Owner::Param(i) if routine.params[*i].name == "n" => Some(number.to_vec()),
            Owner::Param(i) => {
                let param = &routine.params[*i];
                let length = usize::from(random(1)[0] % 9);
                match &param.ty {
                    _ if param.nullable && random(1)[0] % 3 == 0 => None,
                    Type::Chars => Some(random(length)),
                    Type::Cstr => {
                        let mut text: Vec<u8> = random(length).into_iter().map(|byte| byte.max(1)).collect();
                        text.push(0);
                        Some(text)
                    }
                    ty => Some(random(count(ty))),
                }
            }
            Owner::State(i) => Some(random(count(&routine.state[*i].view))),
            Owner::Return | Owner::Bounds(_) => continue,
        };
        native.set_area(index, bytes.as_deref());
    }
    let returned = random(native.returned().len());
    native.returned_mut().copy_from_slice(&returned);
    native
}

/// What is in memory, by the reader that replay and comparison use; NaNs are all one.
pub fn values(
    contract: &Contract,
    converter: &Converter,
    native: &Native,
    after: bool,
) -> Vec<(String, Option<Value>)> {
    let routine = &contract.routines[0];
    let endian = if contract.component.target.is_big_endian() { Endian::Big } else { Endian::Little };
    let mut list = Vec::new();
    let mut add = |name: &str, ty: &Type, bytes: Option<&[u8]>| {
        let value = bytes.map(|bytes| plain(lift(contract, ty, bytes, endian).expect("a value")));
        list.push((name.to_string(), value));
    };
    let written = |usage: Use| !after || matches!(usage, Use::Out | Use::InOut);
    for (i, param) in routine.params.iter().enumerate().filter(|(_, param)| param.usage != Use::Ignored) {
        let area = converter.owners().iter().position(|owner| *owner == Owner::Param(i));
        match area {
            None if !after => add(&param.name, &param.ty, Some(native.value(i))),
            Some(area) if written(param.usage) => add(&param.name, &param.ty, native.area(area)),
            _ => (),
        }
    }
    for (i, entry) in routine.state.iter().enumerate().filter(|(_, entry)| written(entry.usage)) {
        let area = converter.owners().iter().position(|owner| *owner == Owner::State(i));
        add(&entry.area, &entry.view, area.and_then(|area| native.area(area)));
    }
    if let Some(returns) = routine.returns.as_ref().filter(|_| after) {
        add("result", &returns.ty, Some(native.returned()));
    }
    list
}

fn plain(value: Value) -> Value {
    let number = |bits: u128, kind: FloatKind| match kind {
        FloatKind::F32 => u128::from(cmp_bridge_wire::xdr::canonical_f32(bits as u32)),
        _ => u128::from(cmp_bridge_wire::xdr::canonical_f64(bits as u64)),
    };
    match value {
        Value::Float { bits, kind } => Value::Float { bits: number(bits, kind), kind },
        Value::Complex { re, im, kind } => {
            Value::Complex { re: number(re, kind), im: number(im, kind), kind }
        }
        Value::Array(items) => Value::Array(items.into_iter().map(plain).collect()),
        Value::Record(fields) => {
            Value::Record(fields.into_iter().map(|(name, value)| (name, plain(value))).collect())
        }
        other => other,
    }
}
