//! Everything that is read from text: what is printed reads back, and nothing panics.

#[path = "support/generate.rs"]
mod generate;
mod support;

use cmp_bridge_contract::expr::{Expr, Step};
use cmp_bridge_contract::model::{Condition, Contract, Type};
use cmp_bridge_contract::toml::merge_into;
use cmp_bridge_contract::validate::validate;
use proptest::prelude::*;

fn names() -> Vec<String> {
    ["n", "lda", "_m2"].map(String::from).to_vec()
}

/// Text made of the pieces a parser looks for, so that it gets past the first character.
fn pieces() -> impl Strategy<Value = String> {
    let pieces = [
        "[",
        "]",
        ";",
        "?",
        "n",
        "f64",
        "i32",
        "(",
        ")",
        "-",
        "+",
        "*",
        "9",
        "99999999999999999999",
        " ",
        "<",
        ">=",
        "!=",
        "..",
        "é",
        "\0",
        "_",
    ];
    proptest::collection::vec(proptest::sample::select(pieces.to_vec()), 0..40)
        .prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn expressions_round_trip(expr in generate::expr(names())) {
        prop_assert_eq!(Expr::parse(&expr.to_string()).unwrap(), expr);
    }

    #[test]
    fn postfix_agrees_with_wide_arithmetic(expr in generate::expr(names()), n in -1000i64..1000) {
        fn wide(expr: &Expr, n: i128) -> Option<i128> {
            let checked = |value: i128| i64::try_from(value).ok().map(i128::from);
            match expr {
                Expr::Const(value) => Some(i128::from(*value)),
                Expr::Param(_) => Some(n),
                Expr::Add(a, b) => checked(wide(a, n)? + wide(b, n)?),
                Expr::Sub(a, b) => checked(wide(a, n)? - wide(b, n)?),
                Expr::Mul(a, b) => checked(wide(a, n)? * wide(b, n)?),
                Expr::Clamp(a) => Some(wide(a, n)?.max(0)),
            }
        }
        let expected = wide(&expr, i128::from(n)).map(|value| i64::try_from(value).unwrap());
        prop_assert_eq!(expr.evaluate(&|_| Some(n)), expected);
    }

    #[test]
    fn types_round_trip(ty in generate::any_type(names())) {
        prop_assert_eq!(Type::parse(&ty.to_string()).unwrap(), ty);
    }

    #[test]
    fn conditions_round_trip(low in any::<i64>(), span in 0i64..1000, kind in 0..7, probe in any::<i64>()) {
        let high = low.saturating_add(span);
        let (condition, holds) = match kind {
            0 => (Condition::Less(low), probe < low),
            1 => (Condition::LessOrEqual(low), probe <= low),
            2 => (Condition::Greater(low), probe > low),
            3 => (Condition::GreaterOrEqual(low), probe >= low),
            4 => (Condition::Equal(low), probe == low),
            5 => (Condition::NotEqual(low), probe != low),
            _ => (Condition::Between(low, high), low <= probe && probe <= high),
        };
        prop_assert_eq!(Condition::parse(&condition.to_string()).unwrap(), condition);
        prop_assert_eq!(condition.holds(probe), holds);
    }

    #[test]
    fn conditions_overlap_where_they_do(a in -4i64..4, b in -4i64..4, left in 0..6, right in 0..6) {
        let make = |kind, bound| match kind {
            0 => Condition::Less(bound),
            1 => Condition::LessOrEqual(bound),
            2 => Condition::Greater(bound),
            3 => Condition::GreaterOrEqual(bound),
            4 => Condition::Equal(bound),
            _ => Condition::NotEqual(bound),
        };
        let (left, right) = (make(left, a), make(right, b));
        let expected = (-9..9).any(|value| left.holds(value) && right.holds(value));
        prop_assert_eq!(left.common(&right).is_some(), expected);
    }

    #[test]
    fn no_text_panics(text in prop_oneof![pieces(), any::<String>()]) {
        let _ = Expr::parse(&text);
        let _ = Type::parse(&text);
        let _ = Condition::parse(&text);
        if let Err(errors) = Contract::from_toml(&text, "x.toml") {
            prop_assert!(!errors.0.is_empty());
        }
    }

    #[test]
    fn contracts_round_trip(contract in generate::contract()) {
        prop_assert_eq!(validate(&contract), vec![]);
        let text = contract.to_toml();
        match Contract::from_toml(&text, "x.toml") {
            Ok(read) => prop_assert_eq!(read, contract),
            Err(errors) => prop_assert!(false, "{}\n{}", errors, text),
        }
    }

    #[test]
    fn a_scan_that_finds_nothing_new_changes_nothing(contract in generate::contract()) {
        let text = contract.to_toml();
        prop_assert_eq!(merge_into(&text, "x.toml", &contract).unwrap(), text);
    }

    #[test]
    fn a_scan_keeps_the_rest(old in generate::contract(), new in generate::contract()) {
        // Whatever two contracts say, merging one into the other gives one that can be read.
        let merged = merge_into(&old.to_toml(), "x.toml", &new).unwrap();
        if let Err(errors) = Contract::from_toml(&merged, "x.toml") {
            // A person's status and a new parameter that is no status any more: to be completed, not malformed.
            prop_assert!(errors.0.iter().all(|error| error.code.starts_with("C1")), "{}\n{}", errors, merged);
        }
        let again = merge_into(&merged, "x.toml", &new).unwrap();
        prop_assert_eq!(again, merged);
    }
}

/// Every seventh byte of a contract replaced, removed or doubled: an error or a contract, never a panic.
#[test]
fn damaged_contracts() {
    let text = support::FULL;
    for at in (0..text.len()).step_by(7).filter(|at| text.is_char_boundary(*at)) {
        let (before, after) = text.split_at(at);
        let mut rest = after.chars();
        let first = rest.next();
        for damaged in [
            format!("{before}{}", rest.as_str()),
            format!("{before}{}{after}", first.unwrap_or('x')),
            format!("{before}0{}", rest.as_str()),
            format!("{before}\"{}", rest.as_str()),
        ] {
            if let Err(errors) = Contract::from_toml(&damaged, "damaged.toml") {
                assert!(!errors.0.is_empty());
                assert!(!errors.to_string().is_empty());
            }
        }
    }
}

#[test]
fn hostile_numbers() {
    let hostile = [
        "size = 18446744073709551615",
        "size = 9223372036854775807",
        "size = -9223372036854775808",
        "size = 1e308",
        "size = nan",
        "size = 0x7fffffffffffffff",
    ];
    for number in hostile {
        for size in ["size = 56", "size = 8", "size = 24", "size = 48"] {
            let text = support::FULL.replace(size, number);
            assert!(Contract::from_toml(&text, "hostile.toml").is_err(), "{number}");
        }
    }
    let deep = format!("contract = {}1{}", "[".repeat(100_000), "]".repeat(100_000));
    assert!(Contract::from_toml(&deep, "deep.toml").is_err());
    let deep = format!("{}f64{}", "[".repeat(100_000), "; 2]".repeat(100_000));
    assert!(Type::parse(&deep).is_err());
    for deep in ["(".repeat(100_000), "-".repeat(100_000), "1+".repeat(100_000)] {
        assert!(Expr::parse(&(deep + "1")).is_err());
    }
}

/// A chain of types long enough to end any recursion, and a loop.
#[test]
fn hostile_types() {
    let mut text = String::from("contract = 1\n[component]\nname = \"c\"\nlanguage = \"c\"\n");
    let link = |from: &str, to: &str| {
        format!(
            "[type.{from}]\nkind = \"struct\"\nsize = 8\nalign = 8\nfields = [{{ name = \"x\", type = \"{to}\", offset = 0 }}]\n"
        )
    };
    for i in 0..10_000 {
        text += &link(&format!("t{i}"), &format!("t{}", i + 1));
    }
    text += &link("t10000", "i64");
    let errors = Contract::from_toml(&text, "chain.toml").unwrap_err();
    assert!(errors.0.iter().all(|error| error.code == "C106"));
    // Only those with more than 32 definitions below them, themselves included.
    assert_eq!(errors.0.len(), 10_001 - 32);
}

#[test]
fn what_expressions_say() {
    let value = |name: &str| match name {
        "n" => Some(5),
        "lda" => Some(10),
        _ => None,
    };
    for (text, expected) in [
        ("2*n-1", Some(9)),
        ("(n-1)*lda+n", Some(45)),
        ("-n", Some(-5)),
        ("--3", Some(3)),
        ("n - -3", Some(8)),
        ("n-(2-1)", Some(4)),
        ("m", None),
        ("9223372036854775807+1", None),
        ("-9223372036854775808", Some(i64::MIN)),
    ] {
        let expr = Expr::parse(text).unwrap();
        assert_eq!(expr.evaluate(&value), expected, "{text}");
        assert_eq!(Expr::parse(&expr.to_string()).unwrap(), expr, "{text}");
    }
    assert_eq!(Expr::parse("(n-1)*lda+n").unwrap().to_string(), "(n-1)*lda+n");
    assert_eq!(Expr::parse("(n-1)*lda+n").unwrap().params(), ["n", "lda"]);
    assert_eq!(Expr::parse("n-1").unwrap().postfix(), [Step::Param("n"), Step::Const(1), Step::Sub]);
}

#[test]
fn wrong_expressions() {
    for (text, at, found) in [
        ("", 1, "the end"),
        ("n+", 3, "the end"),
        ("n m", 3, "`m`"),
        ("(n", 3, "the end"),
        ("9223372036854775808", 1, "`9`"),
        ("é", 1, "`é`"),
        ("n*é", 3, "`é`"),
        ("3x", 1, "`3`"),
    ] {
        let error = Expr::parse(text).unwrap_err();
        assert_eq!((error.at, error.found.as_str()), (at, found), "{text}");
    }
}
