//! Valid contracts, generated.

use cmp_bridge_contract::expr::Expr;
use cmp_bridge_contract::model::*;
use cmp_bridge_contract::syntax::BUILT_IN;
use proptest::prelude::*;

/// Any expression over these parameters.
pub fn expr(names: Vec<String>) -> BoxedStrategy<Expr> {
    let constant =
        prop_oneof![(-9i64..100).prop_map(Expr::Const), any::<i64>().prop_map(Expr::Const)].boxed();
    let leaf = if names.is_empty() {
        constant
    } else {
        prop_oneof![constant, proptest::sample::select(names).prop_map(Expr::Param)].boxed()
    };
    leaf.prop_recursive(4, 12, 2, |inner| {
        (inner.clone(), inner, 0..3).prop_map(|(left, right, operator)| {
            let (left, right) = (Box::new(left), Box::new(right));
            match operator {
                0 => Expr::Add(left, right),
                1 => Expr::Sub(left, right),
                _ => Expr::Mul(left, right),
            }
        })
    })
    .boxed()
}

/// A built-in type with a size.
pub fn sized() -> impl Strategy<Value = Type> {
    let sized =
        BUILT_IN.iter().map(|(_, ty)| ty.clone()).filter(|ty| !matches!(ty, Type::Chars | Type::Cstr));
    proptest::sample::select(sized.collect::<Vec<_>>())
}

/// Any type whose named parts are among `names`.
pub fn any_type(names: Vec<String>) -> impl Strategy<Value = Type> {
    let leaf = prop_oneof![
        proptest::sample::select(BUILT_IN.map(|(_, ty)| ty).to_vec()),
        proptest::sample::select(names.clone()).prop_map(Type::Named),
    ];
    leaf.prop_recursive(3, 4, 1, move |inner| {
        let extent = prop_oneof![Just(Extent::Unknown), expr(names.clone()).prop_map(Extent::Expr)];
        (inner, extent).prop_map(|(element, extent)| Type::Array(Box::new(element), extent))
    })
}

fn tolerance() -> impl Strategy<Value = Option<Tolerance>> {
    let distance = || proptest::option::of(prop_oneof![Just(1e-6), Just(0.0), 0.0..1e9f64]);
    proptest::option::of(
        (distance(), distance(), proptest::option::of(0u64..1 << 40), any::<bool>()).prop_map(
            |(absolute, relative, ulp, signed_zero)| Tolerance { absolute, relative, ulp, signed_zero },
        ),
    )
}

fn is_float(ty: &Type) -> bool {
    match ty {
        Type::Array(element, _) => is_float(element),
        _ => matches!(ty, Type::F32 | Type::F64 | Type::F80 | Type::ComplexF32 | Type::ComplexF64),
    }
}

/// A record laid out as a C compiler does, of scalars and small arrays.
fn record(name: String) -> impl Strategy<Value = TypeDef> {
    let field = (sized(), 0i64..4, tolerance(), proptest::option::of(".{0,6}"), any::<bool>());
    (proptest::collection::vec(field, 1..6), any::<bool>()).prop_map(move |(parts, union)| {
        let (mut end, mut align) = (0u64, 1u64);
        let mut fields = Vec::new();
        for (i, (scalar, count, tolerance, unit, ignored)) in parts.into_iter().enumerate() {
            let (size, natural) = cmp_bridge_contract::layout::scalar_size_align(&scalar).unwrap();
            let (ty, size) = match count {
                0 => (scalar, size),
                count => {
                    let extent = Extent::Expr(Expr::Const(count));
                    (Type::Array(Box::new(scalar), extent), size * count as u64)
                }
            };
            let offset = if union { 0 } else { end.next_multiple_of(natural) };
            end = end.max(offset + size);
            align = align.max(natural);
            let tolerance = tolerance.filter(|_| is_float(&ty));
            let usage = if ignored { Use::Ignored } else { Use::InOut };
            fields.push(Field { usage, unit, tolerance, ..Field::new(format!("f{i}"), ty, offset) });
        }
        let kind = if union { TypeKind::Union(fields) } else { TypeKind::Struct(fields) };
        TypeDef::new(name.clone(), kind, end.next_multiple_of(align), align)
    })
}

fn enumeration(name: String) -> impl Strategy<Value = TypeDef> {
    proptest::collection::vec(any::<i32>(), 1..4).prop_map(move |values| TypeDef {
        kind: TypeKind::Enum {
            repr: Type::Int(4, true),
            values: values.into_iter().enumerate().map(|(i, v)| (format!("V{i}"), i64::from(v))).collect(),
        },
        ..TypeDef::new(name.clone(), TypeKind::Struct(vec![]), 4, 4)
    })
}

/// A parameter that is not used by others' extents: `n` is.
fn param(name: String, types: Vec<String>) -> impl Strategy<Value = Param> {
    let ty = prop_oneof![
        sized(),
        Just(Type::Chars),
        Just(Type::Cstr),
        proptest::sample::select(types).prop_map(Type::Named),
        (sized(), prop_oneof![Just("n"), Just("2*n-1"), Just("?"), Just("3")])
            .prop_map(|(element, extent)| { Type::parse(&format!("[{element}; {extent}]")).unwrap() }),
    ];
    let words = (any::<bool>(), 0..5usize, any::<bool>());
    (ty, words, proptest::option::of(".{0,6}"), tolerance()).prop_map(move |(ty, words, unit, tolerance)| {
        let (reference, usage, nullable) = words;
        let by = if reference || ty.is_always_by_reference() { By::Reference } else { By::Value };
        let usage = match by {
            By::Value => [Use::In, Use::Ignored, Use::Unknown][usage % 3],
            By::Reference | By::Descriptor => {
                [Use::In, Use::Out, Use::InOut, Use::Ignored, Use::Unknown][usage]
            }
        };
        let tolerance = tolerance.filter(|_| is_float(&ty));
        Param {
            name: name.clone(),
            ty,
            by,
            usage,
            nullable: nullable && by == By::Reference,
            user_data: None,
            kept: None,
            unit,
            tolerance,
        }
    })
}

fn routine(name: String, types: Vec<String>) -> impl Strategy<Value = Routine> {
    let params: Vec<_> = (0..6).map(|i| param(format!("p{i}"), types.clone())).collect();
    let status = prop_oneof![
        Just(None),
        Just(Some(Status { ok: 0, warning: None, error: Some(Condition::NotEqual(0)), panic: Some(-99) })),
        Just(Some(Status {
            ok: 0,
            warning: Some(Condition::Between(1, 9)),
            error: Some(Condition::Less(0)),
            panic: None
        })),
    ];
    let returns = proptest::option::of((sized(), tolerance()));
    let words = (0..4usize, any::<bool>(), any::<bool>());
    (params, 0..7usize, status, returns, words).prop_map(
        move |(mut params, count, status, returns, words)| {
            params.truncate(count);
            let n = Param {
                name: "n".into(),
                ty: Type::Int(4, true),
                by: By::Reference,
                usage: Use::In,
                nullable: false,
                user_data: None,
                kept: None,
                unit: None,
                tolerance: None,
            };
            let carrier = Param { name: "ier".into(), usage: Use::Status, ..n.clone() };
            params.insert(count / 2, n);
            params.extend(status.is_some().then_some(carrier));
            let (effects, free, state) = words;
            let panics = status.as_ref().is_some_and(|status| status.panic.is_some());
            Routine {
                symbol: format!("{name}_"),
                name: name.clone(),
                at: state.then(|| "a \"file\".f:3".to_string()),
                params,
                returns: returns.map(|(ty, tolerance)| Returns {
                    tolerance: tolerance.filter(|_| is_float(&ty)),
                    ..Returns::new(ty, Use::Out)
                }),
                status,
                state: if state {
                    vec![StateUse {
                        area: "cst".into(),
                        view: Type::parse("[i16; 4]").unwrap(),
                        usage: Use::In,
                    }]
                } else {
                    Vec::new()
                },
                effects: [Effects::None, Effects::State, Effects::Io, Effects::Unknown][effects],
                threads: if free { Threads::Free } else { Threads::Serial },
                source: state.then(|| "flight::eck_hec(int, \"x\")".to_string()),
                exceptions: if free { Exceptions::Possible } else { Exceptions::None },
                remote: Remote {
                    idempotent: free && effects != 2,
                    deadline: std::time::Duration::from_millis(if state { 1000 } else { 250 }),
                    fallback: if panics { Fallback::Status } else { Fallback::Legacy },
                },
                varargs: false,
                static_link: free,
            }
        },
    )
}

/// A valid Fortran contract.
pub fn contract() -> impl Strategy<Value = Contract> {
    let types = (record("rec".into()), record("other".into()), enumeration("mode".into()));
    let names = vec!["rec".to_string(), "mode".to_string()];
    let routines = (routine("eck_hec".into(), names.clone()), routine("kepler".into(), names));
    (types, routines, any::<bool>()).prop_map(|((a, b, c), (r, s), pinned)| Contract {
        component: Component {
            name: "flight_dynamics".into(),
            language: Language::Fortran,
            binary: pinned.then(|| "cmp_day".to_string()),
            build_id: pinned.then(|| "00ff".to_string()),
            target: Target::X86_64,
        },
        types: vec![a, b, c],
        state: vec![StateArea {
            name: "cst".into(),
            symbol: "cst_".into(),
            file: None,
            size: 8,
            kind: StateKind::Common,
        }],
        routines: vec![r, s],
        proposals: Vec::new(),
    })
}
