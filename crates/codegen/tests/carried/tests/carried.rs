//! Arrays with their bounds, callbacks and memory given away: from Rust into Ada, Fortran and C, and the other way round.

use cmp_bridge::support::{CallError, Done, Failure, Serial, Text, View, ViewMut};
use cmp_bridge_carried::carried_ada::{Control as Ada, MesurerReturn, Rang};
use cmp_bridge_carried::carried_c::{Control as C, Mesure};
use cmp_bridge_carried::carried_fortran::{Control as Fortran, Point};
use proptest::prelude::*;
use std::sync::{Mutex, MutexGuard, Once, PoisonError};

// SAFETY: as the legacy sources define them.
unsafe extern "C-unwind" {
    fn adainit();
    fn carried_hote_indice(first: i32, last: i32) -> i32;
    fn carried_hote_doubler() -> i32;
    fn carried_hote_renverser(times: i32) -> i32;
    fn carried_hote_mesurer() -> i32;
    fn carried_occupation() -> i64;
    #[link_name = "carried_hote_doubler_"]
    fn carried_hote_doubler_f(step: *const i32) -> i32;
    fn carried_hote_peser_() -> f64;
    fn carried_hote_moyenne_(with: *const i32) -> f64;
    fn carried_hote_integrer_() -> f64;
    fn carried_hote_jour_() -> i32;
    fn carried_hote_parcourir(stopped: *mut i32) -> f64;
    fn carried_hote_appliquer(two: i32) -> f64;
    fn carried_hote_optionnel(what: i32) -> i32;
    fn carried_hote_devise() -> i32;
    fn carried_inscrire(f: Option<extern "C" fn()>, own: usize);
    fn carried_hote_triangle(n: i32) -> f64;
    fn carried_hote_gain(in_place: i32, y: *mut f64) -> i32;
}

/// Ada is elaborated, and nobody else is in it: without tasks, its run-time keeps one secondary stack for all threads.
fn elaborated() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    // A test that is to panic does so in between.
    let alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    static ONCE: Once = Once::new();
    // SAFETY: once, before any Ada code runs.
    ONCE.call_once(|| unsafe { adainit() });
    alone
}

#[test]
fn rust_calls_ada_with_bounds() {
    let _alone = elaborated();
    let v = [1.0, 9.0, 2.0];
    assert_eq!(Ada::indice_max(View::from(&v)), 2);
    assert_eq!(Ada::indice_max(View::from_index(-7, &v)), -6);
    let mut doubled = [1.0, 2.0];
    Ada::doubler(&mut ViewMut::from(&mut doubled));
    assert_eq!(doubled, [2.0, 4.0]);
    let found = Ada::mesurer(View::from(&v));
    assert_eq!((found.somme, found.nombre), (12.0, 3));
    assert_eq!(Ada::mesurer(View::from(&[])), MesurerReturn { somme: 0.0, nombre: 0 });
    // Two rows of three, one after the other.
    let m = View::shaped(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0], [1, 1], [2, 3]).unwrap();
    assert_eq!(Ada::peser(m), 11.0 + 24.0 + 39.0 + 84.0 + 110.0 + 138.0);
    assert_eq!(Ada::dernier(View::from_index(90, &[1, 2, 3])).get(), Some(92));
    assert_eq!((Rang::new(100), Rang::new(101)), (Some(Rang(100)), None));
}

#[test]
#[should_panic(expected = "40 elements from 100 on, are no indices of it")]
fn bounds_that_the_index_type_does_not_have_are_refused() {
    Ada::dernier(View::from_index(100, &[0; 40]));
}

#[test]
fn what_ada_returns_with_bounds_is_copied_and_its_stack_released() {
    let (_alone, serial) = (elaborated(), Serial::lock());
    let suite = Ada::suite(&serial, -1, 2).unwrap();
    assert_eq!((suite.first, &suite[..]), (-1, &[-1.0, 0.0, 1.0, 2.0][..]));
    assert!(Ada::suite(&serial, 5, 4).unwrap().is_empty());
    let before = {
        Ada::suite(&serial, 1, 4000).unwrap();
        // SAFETY: it only reads.
        unsafe { carried_occupation() }
    };
    (0..300).for_each(|_| assert_eq!(Ada::suite(&serial, 1, 4000).unwrap().len(), 4000));
    // SAFETY: as above.
    assert_eq!(unsafe { carried_occupation() }, before, "nothing is left on the secondary stack");
}

/// Without tasks, GNAT has one secondary stack for all threads, whatever a contract says of a routine.
#[test]
fn threads_wait_for_the_secondary_stack() {
    let _alone = elaborated();
    let run = |from: i32| {
        for _ in 0..300 {
            let found = Ada::suite(&Serial::lock(), from, from + 3999).unwrap();
            assert_eq!((found.first, found.len()), (i64::from(from), 4000));
            assert!(found.iter().zip(from..).all(|(x, i)| *x == f64::from(i)));
        }
    };
    std::thread::scope(|scope| (0..4).for_each(|n| drop(scope.spawn(move || run(n * 10_000)))));
}

#[test]
fn ada_calls_rust_with_bounds() {
    let _alone = elaborated();
    // SAFETY: hosts that only compute.
    unsafe {
        // V (-3 .. 2) := (1, 9, 2, 8, 7, 3), and slices of it.
        assert_eq!(carried_hote_indice(-3, 2), -2);
        assert_eq!(carried_hote_indice(-1, 2), 0);
        assert_eq!(carried_hote_indice(2, 2), 2);
        assert_eq!(carried_hote_doubler(), 1 + 40 + 800 + 8000);
        assert_eq!(carried_hote_renverser(500), 500);
        assert_eq!(carried_hote_mesurer(), 73);
    }
}

#[test]
fn rust_calls_fortran_with_descriptors() {
    assert_eq!(Fortran::somme(&[1.0, 2.0, 4.0]), 7.0);
    assert_eq!(Fortran::somme(&[]), 0.0);
    let mut x = [1.0, 2.0];
    Fortran::doubler(&mut x);
    assert_eq!(x, [2.0, 4.0]);
    let mut p = [Point::ZERO; 3];
    Fortran::remplir(&mut p);
    assert_eq!(p.map(|p| (p.t, p.n)), [(0.5, 1), (1.0, 2), (1.5, 3)]);
    // Columns one after the other: two rows.
    let m = View::shaped(&[1.0, 4.0, 2.0, 5.0, 3.0, 6.0], [1, 1], [2, 3]).unwrap();
    assert_eq!(Fortran::peser(m), 11.0 + 24.0 + 39.0 + 84.0 + 110.0 + 138.0);
    assert_eq!(Fortran::moyenne(&[1.0, 2.0, 6.0], None), 3.0);
    assert_eq!(Fortran::moyenne(&[1.0, 2.0, 6.0], Some(&[0.0, 1.0, 3.0])), 5.0);
    let names = [*b"SPOT1   ", *b"SPOT5   "];
    assert_eq!(Fortran::chercher(&names, Text::new(b"SPOT5")), 2);
    assert_eq!(Fortran::chercher(&names, Text::new(b"HELIOS")), 0);
    assert_eq!(&Fortran::jour(3), b"mercredi");
}

#[test]
fn fortran_calls_rust_with_sections() {
    // SAFETY: hosts that only compute.
    unsafe {
        for step in 1..28 {
            assert_eq!(carried_hote_doubler_f(&step), 1, "step {step}");
        }
        // Rows 1 and 3, columns 5, 3 and 1 of i + 100 j.
        let expected: f64 = [(1, 1, 501), (2, 1, 503), (1, 2, 301), (2, 2, 303), (1, 3, 101), (2, 3, 103)]
            .map(|(i, j, x)| f64::from((10 * i + j) * x))
            .iter()
            .sum();
        assert_eq!(carried_hote_peser_(), expected);
        assert_eq!((carried_hote_moyenne_(&0), carried_hote_moyenne_(&1)), (3.0, 5.0));
        assert!((carried_hote_integrer_() - 9.0).abs() < 1e-4);
        assert_eq!(carried_hote_jour_(), 1);
    }
}

#[test]
fn closures_are_called_back() {
    let mut seen = Vec::new();
    let stopped = C::parcourir(&[1.0, 2.0, -3.0, 4.0], |rang, x| {
        seen.push((rang, x));
        i32::from(x < 0.0)
    });
    assert_eq!((stopped, seen), (Ok(3), vec![(0, 1.0), (1, 2.0), (2, -3.0)]));
    // Without user data, one inside the other, both of one type.
    let mut plus = |x: f64| x + C::appliquer(|x| 10.0 * x, None, x).unwrap();
    assert_eq!(C::appliquer(|x| x / 2.0, Some(&mut plus), 4.0), Ok(22.0));
    let integral = Fortran::integrer(|x| x * x, 0.0, 3.0, 300).unwrap();
    assert!((integral - 9.0).abs() < 1e-4, "{integral}");
}

#[test]
fn a_panic_ends_in_the_closure_and_is_told() {
    let mut calls = 0;
    let outcome = C::parcourir(&[1.0; 1000], |rang, _| {
        calls += 1;
        assert!(rang < 2, "rank {rang}");
        0
    });
    assert_eq!(outcome, Err(CallError::Callback("rank 2".into())));
    assert_eq!(calls, 3, "told to stop, it stops");
    let mut calls = 0;
    let outcome = Fortran::integrer(
        |x| {
            calls += 1;
            if x > 1.0 { panic!("x is {x}") } else { x }
        },
        0.0,
        2.0,
        4,
    );
    assert_eq!(outcome, Err(CallError::Callback("x is 1.25".into())));
    assert_eq!(calls, 3, "what has panicked is not called again");
}

#[test]
fn a_call_back_on_another_thread_is_an_error() {
    let elsewhere = C::ailleurs(|x| x + 1.0, 3.0);
    let Err(CallError::Callback(why)) = &elsewhere else { panic!("{elsewhere:?}") };
    assert!(why.contains("on another thread"), "{why}");
    // That was then.
    assert_eq!(C::appliquer(|x| x + 1.0, None, 3.0), Ok(4.0));
}

#[test]
fn what_may_be_kept_is_lent_by_those_who_know() {
    let serial = Serial::lock();
    // SAFETY: what was kept is replaced before anybody calls it.
    unsafe {
        C::inscrire(&serial, |_, x| (x > 1.0).into()).unwrap();
        carried_inscrire(None, 0);
    }
    assert_eq!(C::tirer(&serial, 2.0), -1);
}

#[test]
fn a_negative_extent_is_an_empty_array() {
    assert_eq!(
        (C::fn_mut(&[1.0, 2.0], 3), C::fn_mut(&[], 1), C::fn_mut(&[], 0), C::fn_mut(&[], -7)),
        (3.0, 0.0, 0.0, 0.0)
    );
    // SAFETY: a host that only computes.
    let found = [3, 1, 0, -7].map(|n| unsafe { carried_hote_triangle(n) });
    assert_eq!(found, [3.0, 0.0, 0.0, 0.0]);
}

#[test]
fn a_call_outside_the_contract_gets_the_code_of_a_failure_where_there_is_no_legacy_code() {
    let mut y = [8.0, 8.0, 8.0];
    // SAFETY: a host that only computes.
    unsafe {
        assert_eq!((carried_hote_gain(0, y.as_mut_ptr()), y), (0, [2.0, 4.0, 8.0]));
        assert_eq!((carried_hote_gain(1, y.as_mut_ptr()), y), (-99, [2.0, 4.0, 8.0]));
    }
}

#[test]
fn names_of_parameters_are_theirs_alone() {
    let mut room = 2;
    assert_eq!(C::longueurs(Some(&[1, 2, 7]), 3, &[40, 50], &mut room), 7);
    assert_eq!((room, C::longueurs(None, 5, &[1; 42], &mut room)), (42, -5));
}

#[test]
fn c_gives_rust_its_callbacks() {
    // SAFETY: hosts that only compute.
    unsafe {
        let mut stopped = 0;
        assert_eq!((carried_hote_parcourir(&mut stopped), stopped), (1.0 + 4.0 - 9.0, 3));
        assert_eq!((carried_hote_appliquer(0), carried_hote_appliquer(1)), (2.5, 3.0));
        let found: Vec<i32> = (0..4).map(|what| carried_hote_optionnel(what)).collect();
        assert_eq!(found, [-2, 4, 298, 304]);
        assert_eq!(carried_hote_devise(), 1);
    }
}

#[test]
fn what_is_given_away_is_owned_and_released_once() {
    let serial = Serial::lock();
    let mut session = C::ouvrir(&serial, 3).unwrap();
    let second = C::ouvrir(&serial, 4);
    assert_eq!(C::ouvertes(&serial), 2);
    assert_eq!(C::nom(&serial, &session), Some(c"SPOT"));
    assert_eq!(C::renommer(&serial, &mut session, c"HELIOS"), Ok(Done::Ok));
    assert_eq!(C::nom(&serial, &session), Some(c"HELIOS"));
    assert_eq!(C::renommer(&serial, &mut session, c"much too long a name"), Err(Failure(-1)));
    drop(second);
    assert_eq!(C::ouvertes(&serial), 1);
    C::fermer(&serial, session);
    assert_eq!(C::ouvertes(&serial), 0);
    assert!(C::ouvrir(&serial, -1).is_none());
}

/// Only a routine that says so gives something away: what is handed back is lent by what it was asked of.
#[test]
fn what_is_lent_is_not_released() {
    let serial = Serial::lock();
    let session = C::ouvrir(&serial, 3).unwrap();
    let same: Option<&_> = C::meme(&serial, &session);
    assert!(std::ptr::eq(same.unwrap(), &*session));
    let current: cmp_bridge::support::Lasting<_> = C::courante(&serial);
    assert!(std::ptr::eq(current.address(), &*session));
    assert_eq!(C::ouvertes(&serial), 1);
    drop(session);
    assert_eq!(C::ouvertes(&serial), 0);
}

/// Safe code writes into what it owns where nothing there is followed, and elsewhere only reads.
#[test]
fn records_that_are_owned() {
    let serial = Serial::lock();
    let list = C::liste_creer(&serial, 3).unwrap();
    assert_eq!(list.n, 3);
    C::liste_rendre(&serial, list);
    let (mut a, b) = (C::mesure_creer(&serial, 1.0).unwrap(), C::mesure_creer(&serial, 2.0).unwrap());
    *a = *b;
    a.n = 9;
    assert_eq!(*a, Mesure { x: 2.0, n: 9 });
    C::mesure_rendre(&serial, a);
    assert_eq!(C::mesure_double(&serial, 4.0).map(|double| double.x), Some(8.0));
}

#[test]
fn texts_and_records_by_address() {
    let serial = Serial::lock();
    let copy = C::copie(c"P\xe9riode").unwrap();
    assert_eq!(copy.to_bytes(), b"P\xe9riode");
    assert!(C::copie(c"").is_none());
    assert_eq!(C::devise(0).as_deref(), Some(c"per aspera"));
    assert_eq!(C::devise(1), None);
    let last = C::derniere(&serial).unwrap();
    assert_eq!(last, Mesure { x: 2.5, n: 7 });
    assert_eq!(C::optionnel(None, 5, None), -5);
    assert_eq!(C::optionnel(Some(&[1.0, 2.0]), 2, Some(c"abcd")), 402);
}

#[test]
#[should_panic(expected = "`x` has 2 elements, the contract says 3")]
fn an_array_that_may_be_absent_has_its_length_when_it_is_there() {
    C::optionnel(Some(&[1.0, 2.0]), 3, None);
}

#[test]
fn what_the_type_system_refuses() {
    trybuild::TestCases::new().compile_fail("tests/ui/*.rs");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    /// Whatever the bounds, the index that Ada finds is one of them.
    #[test]
    fn bounds_survive(items in prop::collection::vec(-1e9_f64..1e9, 1..40), first in -1000_i64..1000) {
        let largest = items.iter().enumerate().fold(0, |best, (i, x)| if *x > items[best] { i } else { best });
        prop_assert_eq!(i64::from(Ada::indice_max(View::from_index(first, &items))), first + largest as i64);
        let found = Ada::mesurer(View::from_index(first, &items));
        prop_assert_eq!(found.nombre as usize, items.len());
        prop_assert_eq!(Fortran::somme(&items), items.iter().sum::<f64>());
    }

    /// Whatever the bytes, text arrives and comes back.
    #[test]
    fn texts_survive(text in prop::collection::vec(any::<u8>(), 0..60)) {
        let _alone = elaborated();
        let reversed: Vec<u8> = text.iter().rev().copied().collect();
        let found = Ada::renverser(&Serial::lock(), View::from_index(-5, &text));
        prop_assert_eq!((found.first, &found.items), (1, &reversed));
        let c: Vec<u8> = text.iter().copied().filter(|byte| *byte != 0).collect();
        let c = std::ffi::CString::new(c).unwrap();
        prop_assert_eq!(C::copie(&c).map(|copy| copy.to_owned()), (!c.is_empty()).then_some(c));
    }

    /// Whatever the range, what Ada returns has its bounds.
    #[test]
    fn returned_bounds_survive(first in -500_i32..500, length in 0_i32..200) {
        let _alone = elaborated();
        let found = Ada::suite(&Serial::lock(), first, first + length - 1).unwrap();
        prop_assert_eq!((found.first, found.len()), (i64::from(first), length as usize));
        prop_assert!(found.iter().zip(first..).all(|(x, i)| *x == f64::from(i)));
    }
}
