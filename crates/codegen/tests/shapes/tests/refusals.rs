//! What a candidate is spared (arguments outside the contract) and what its callers are spared (its panics).

use cmp_bridge::module::{Answer, Candidate};
use cmp_bridge::support::{Done, Failure, Logical, Text};
use cmp_bridge_shapes::frames::{last_answer, routed};
use cmp_bridge_shapes::shapes_c::{self as c, *};
use cmp_bridge_shapes::shapes_fortran::{self as f, *};
use std::ffi::{CStr, c_void};
use std::ptr::{null, null_mut};

/// Writes everything it may, then panics if it is told to.
struct Rewrite;

/// Panics with a payload that panics when it is dropped.
fn panic_if(condition: bool) {
    struct Spiteful;
    impl Drop for Spiteful {
        fn drop(&mut self) {
            panic!("and once more");
        }
    }
    if condition {
        std::panic::panic_any(Spiteful);
    }
}

impl Dot for Rewrite {
    fn dot(a: &[f64], b: &[f64]) -> f64 {
        assert_eq!(a.len(), b.len());
        a.len() as f64
    }
}

impl RowSums for Rewrite {
    fn row_sums(m: &[f64], cols: i32, sums: &mut [f64]) -> i32 {
        sums.fill(-1.0);
        panic_if(m.first() == Some(&13.0));
        (m.len() as i32) * 100 + cols * 10 + sums.len() as i32
    }
}

impl Divide for Rewrite {
    fn divide(a: f64, b: f64, q: &mut f64) -> Result<Done, Failure> {
        *q = 1234.0;
        panic_if(b == 13.0);
        if a > 1e6 { Ok(Done::Warning(1 << 40)) } else { Err(Failure(-7)) }
    }
}

impl Parse for Rewrite {
    fn parse(text: &CStr, value: &mut i32) -> Result<Done, Failure> {
        *value = text.to_bytes().len() as i32;
        panic_if(*value == 13);
        Ok(Done::Warning(1))
    }
}

impl Root for Rewrite {
    fn root(x: f64) -> (f64, Result<Done, Failure>) {
        panic_if(x == 13.0);
        (x, Err(Failure(3)))
    }
}

impl Exchange for Rewrite {
    fn exchange(a: &mut i32, b: &mut i32) {
        std::mem::swap(a, b);
        panic_if(*a == 13);
    }
}

impl Tick for Rewrite {
    fn tick(step: i32, the_tally: &mut Tally, the_table: &[i32; 4]) -> i32 {
        the_tally.calls += the_table[0];
        panic_if(step == 13);
        the_tally.calls
    }
}

impl NextMode for Rewrite {
    fn next_mode(_: Mode, safe: bool) -> Mode {
        Mode(u32::from(safe))
    }
}

impl Optional for Rewrite {
    fn optional(by: Option<f64>, out: Option<&mut f64>, p: Option<&mut Point>) -> i32 {
        if let Some(p) = p {
            p.x = -1.0;
        }
        if let Some(out) = out {
            *out = -1.0;
        }
        panic_if(by == Some(13.0));
        1
    }
}

impl Widen for Rewrite {
    fn widen(l: Limits, by: f64) -> Limits {
        panic_if(by == 13.0);
        l
    }
}

impl Fallok for Rewrite {
    fn fallok(flags: &[Logical<i32>], lany: &mut Logical<i32>) -> bool {
        lany.set(true);
        flags.len() == 2
    }
}

impl Frot for Rewrite {
    fn frot(x: &mut [[f64; 3]], _: f64, lback: bool) {
        x.iter_mut().for_each(|x| *x = [0.0; 3]);
        panic_if(lback);
    }
}

impl Flabel for Rewrite {
    fn flabel(name: &Text, _: i32, text: &mut Text) -> Result<Done, Failure> {
        text.assign(name.trimmed());
        panic_if(name.is(b"PANIC"));
        Ok(Done::Ok)
    }
}

/// The routine as a legacy caller sees it on route `rust`, with this state.
macro_rules! route {
    ($module:ident, $name:ident : $ty:ty $(, $state:expr)*) => {{
        static CANDIDATE: Candidate = $module::$name::candidate::<Rewrite>();
        // SAFETY: the type is the routine's.
        unsafe { std::mem::transmute::<*const c_void, $ty>(routed(&CANDIDATE, &[$($state),*])) }
    }};
}

/// Declined before anything was written.
macro_rules! declined {
    ($call:expr) => {{
        // SAFETY: what is not valid is what the candidate must not touch.
        unsafe { $call };
        assert_eq!(last_answer(), Answer::DECLINED, stringify!($call));
    }};
}

type DotFn = unsafe extern "C" fn(*const f64, *const f64, i32) -> f64;

#[test]
fn null_and_misaligned_arrays_are_declined() {
    let dot = route!(c, dot: DotFn);
    let x = [1.0; 3];
    declined!(dot(null(), x.as_ptr(), 3));
    declined!(dot(x.as_ptr(), x.as_ptr().wrapping_byte_add(4), 1));
    // An empty array may be anywhere, and inputs may share memory.
    // SAFETY: valid arguments.
    unsafe {
        assert_eq!((dot(null(), null(), 0), last_answer()), (0.0, Answer::ANSWERED));
        assert_eq!((dot(x.as_ptr(), x.as_ptr(), 3), last_answer()), (3.0, Answer::ANSWERED));
    }
}

#[test]
fn impossible_lengths_are_declined() {
    let dot = route!(c, dot: DotFn);
    let x = [1.0; 3];
    declined!(dot(x.as_ptr(), x.as_ptr(), -1));
    let fill = route!(c, row_sums: unsafe extern "C" fn(*const f64, i32, i32, *mut f64) -> i32);
    let mut sums = [5.0; 2];
    declined!(fill(x.as_ptr(), -2, -1, sums.as_mut_ptr()));
    assert_eq!(sums, [5.0; 2]);
    // The rewrite sees `cols`: rows of less than nothing are empty.
    // SAFETY: no element is read.
    unsafe { fill(x.as_ptr(), 2, -1, sums.as_mut_ptr()) };
    assert_eq!(last_answer(), Answer::ANSWERED);
    // SAFETY: valid arguments: 2 rows of 1.
    let answer = unsafe { fill(x.as_ptr(), 2, 1, sums.as_mut_ptr()) };
    assert_eq!((answer, last_answer()), (212, Answer::ANSWERED));
}

#[test]
fn outputs_that_overlap_anything_are_declined() {
    let exchange = route!(c, exchange: unsafe extern "C" fn(*mut i32, *mut i32));
    let mut a = [1, 2];
    declined!(exchange(a.as_mut_ptr(), a.as_mut_ptr()));
    let sums = route!(c, row_sums: unsafe extern "C" fn(*const f64, i32, i32, *mut f64) -> i32);
    let mut m = [1.0; 6];
    declined!(sums(m.as_ptr(), 2, 2, m.as_mut_ptr().wrapping_add(3)));
    assert_eq!((a, m), ([1, 2], [1.0; 6]));
}

#[test]
fn outputs_that_overlap_state_are_declined() {
    let mut tally = Tally { calls: 1, total: 0.0 };
    let state = (&raw mut tally).cast::<u8>();
    let tick = route!(c, tick: unsafe extern "C" fn(i32) -> i32, state, state);
    declined!(tick(1));
    assert_eq!(tally.calls, 1);
    let tick = route!(c, tick: unsafe extern "C" fn(i32) -> i32, state, null_mut());
    declined!(tick(1));
}

#[test]
fn truth_values_other_than_0_and_1_are_declined() {
    let next = route!(c, next_mode: unsafe extern "C" fn(Mode, u8) -> Mode);
    declined!(next(Mode::MODE_ON, 2));
    let rotate = route!(f, frot: unsafe extern "C" fn(*mut [f64; 3], *const i32, *const f64, *const i32));
    let mut x = [[1.0; 3]; 2];
    declined!(rotate(x.as_mut_ptr(), &2, &0.5, &-1));
    assert_eq!(x, [[1.0; 3]; 2]);
    // What is only written may hold anything before.
    let all = route!(f, fallok: unsafe extern "C" fn(*const i32, *const i32, *mut i32) -> i32);
    let mut any = 77;
    // SAFETY: valid arguments.
    assert_eq!((unsafe { all(&2, [5, 6].as_ptr(), &mut any) }, any), (1, 1));
}

#[test]
fn null_text_is_declined() {
    let parse = route!(c, parse: unsafe extern "C" fn(*const i8, *mut i32) -> i32);
    let mut value = 5;
    declined!(parse(null(), &mut value));
    declined!(parse(c"1".as_ptr(), null_mut()));
    let label =
        route!(f, flabel: unsafe extern "C" fn(*const u8, *const i32, *mut u8, *mut i32, usize, usize));
    let mut ier = 9;
    declined!(label(b"X".as_ptr(), &0, null_mut(), &mut ier, 1, 4));
    declined!(label(b"X".as_ptr(), &0, null_mut(), &mut ier, usize::MAX, 0));
    assert_eq!((value, ier), (5, 9));
}

#[test]
fn errors_and_warnings_become_the_routines_own() {
    let divide = route!(c, divide: unsafe extern "C" fn(*const f64, *const f64, *mut f64, *mut i32));
    let (mut q, mut ier) = (0.0, 9);
    // SAFETY: valid arguments.
    unsafe { divide(&1.0, &2.0, &mut q, &mut ier) };
    assert_eq!((q, ier, last_answer()), (1234.0, -7, Answer::STATUS));
    // A code that does not fit is a fault of the rewrite, never truncated to success.
    // SAFETY: valid arguments.
    unsafe { divide(&1e7, &2.0, &mut q, &mut ier) };
    assert_eq!((ier, last_answer()), (-99, Answer::PANICKED));
    let parse = route!(c, parse: unsafe extern "C" fn(*const i8, *mut i32) -> i32);
    let mut value = 0;
    // SAFETY: valid arguments.
    assert_eq!((unsafe { parse(c"abc".as_ptr(), &mut value) }, value, last_answer()), (1, 3, Answer::STATUS));
    let root = route!(c, root: unsafe extern "C" fn(f64, *mut i32) -> f64);
    // SAFETY: valid arguments.
    assert_eq!((unsafe { root(2.0, &mut ier) }, ier, last_answer()), (2.0, 3, Answer::STATUS));
}

#[test]
fn a_panic_becomes_the_routines_panic_code() {
    cmp_bridge::support::silence();
    let divide = route!(c, divide: unsafe extern "C" fn(*const f64, *const f64, *mut f64, *mut i32));
    let (mut q, mut ier) = (0.5, 9);
    // SAFETY: valid arguments.
    unsafe { divide(&1.0, &13.0, &mut q, &mut ier) };
    assert_eq!((q, ier, last_answer()), (0.5, -99, Answer::PANICKED));
    let parse = route!(c, parse: unsafe extern "C" fn(*const i8, *mut i32) -> i32);
    let mut value = 4;
    // SAFETY: valid arguments.
    let code = unsafe { parse(c"thirteen-----".as_ptr(), &mut value) };
    assert_eq!((code, value, last_answer()), (-9, 4, Answer::PANICKED));
}

#[test]
fn a_panic_without_a_code_leaves_no_trace() {
    cmp_bridge::support::silence();
    let restored = |what: &str| assert_eq!(last_answer(), Answer::PANICKED_RESTORED, "{what}");
    let (mut a, mut b) = (1, 13);
    let exchange = route!(c, exchange: unsafe extern "C" fn(*mut i32, *mut i32));
    // SAFETY: valid arguments, here and below.
    unsafe { exchange(&mut a, &mut b) };
    restored("exchange");
    assert_eq!((a, b), (1, 13));

    let sums = route!(c, row_sums: unsafe extern "C" fn(*const f64, i32, i32, *mut f64) -> i32);
    let mut out = [3.0, 4.0];
    // SAFETY: valid arguments.
    unsafe { sums([13.0, 1.0].as_ptr(), 2, 1, out.as_mut_ptr()) };
    restored("row_sums");
    assert_eq!(out, [3.0, 4.0]);

    let mut state = (Tally { calls: 5, total: 0.5 }, [1, 2, 3, 4]);
    let areas = ((&raw mut state.0).cast::<u8>(), (&raw mut state.1).cast::<u8>());
    let tick = route!(c, tick: unsafe extern "C" fn(i32) -> i32, areas.0, areas.1);
    // SAFETY: valid arguments.
    unsafe { tick(13) };
    restored("tick");
    assert_eq!(state.0, Tally { calls: 5, total: 0.5 });

    let optional = route!(c, optional: unsafe extern "C" fn(*const f64, *mut f64, *mut Point) -> i32);
    let (mut value, mut p) = (2.0, Point { x: 3.0, y: 4.0 });
    // SAFETY: valid arguments.
    unsafe { optional(&13.0, &mut value, &mut p) };
    restored("optional");
    assert_eq!((value, p), (2.0, Point { x: 3.0, y: 4.0 }));
    // SAFETY: valid arguments.
    unsafe { optional(&13.0, null_mut(), null_mut()) };
    restored("optional, absent");

    let root = route!(c, root: unsafe extern "C" fn(f64, *mut i32) -> f64);
    let mut ier = 77;
    // SAFETY: valid arguments.
    unsafe { root(13.0, &mut ier) };
    restored("root");
    assert_eq!(ier, 77);

    let rotate = route!(f, frot: unsafe extern "C" fn(*mut [f64; 3], *const i32, *const f64, *const i32));
    let mut x = [[1.0, 2.0, 3.0]; 200];
    // SAFETY: valid arguments.
    unsafe { rotate(x.as_mut_ptr(), &200, &0.5, &1) };
    restored("frot");
    assert_eq!(x, [[1.0, 2.0, 3.0]; 200]);

    let label =
        route!(f, flabel: unsafe extern "C" fn(*const u8, *const i32, *mut u8, *mut i32, usize, usize));
    let mut text = *b"before";
    // SAFETY: valid arguments.
    unsafe { label(b"PANIC".as_ptr(), &0, text.as_mut_ptr(), &mut ier, 5, 6) };
    restored("flabel");
    assert_eq!((&text, ier), (b"before", 77));

    let widen = route!(c, widen: unsafe extern "C" fn(Limits, f64) -> Limits);
    // SAFETY: valid arguments.
    unsafe { widen(Limits { v: [1.0; 5] }, 13.0) };
    restored("widen");
}

#[test]
fn control_without_an_agent_panics_and_says_why() {
    let outcome = std::panic::catch_unwind(|| c::Control::norm(Point { x: 3.0, y: 4.0 }));
    let message = *outcome.unwrap_err().downcast::<&str>().unwrap();
    assert!(message.contains("does not run under the agent"), "{message}");
}
