//! `Control` as the candidate: whatever way a call takes, it gives what the legacy code gives when called directly.

use cmp_bridge::module::{Answer, Candidate, ControlSlot};
use cmp_bridge::support::{Address, Complex, Done, Failure, Logical, Serial, Text, X87};
use cmp_bridge_shapes::frames::{last_answer, routed};
use cmp_bridge_shapes::shapes_c::{self as c, *};
use cmp_bridge_shapes::shapes_fortran::{self as f, *};
use std::ffi::c_void;
use std::sync::{Mutex, MutexGuard, atomic::Ordering::Release};

/// The legacy routines, declared by hand.
mod legacy {
    use super::*;
    // SAFETY: as the C and Fortran sources beside this test define them.
    unsafe extern "C" {
        pub static mut the_tally: Tally;
        pub static mut the_table: [i32; 4];
        pub static mut bloc_: BlocFset;
        pub fn scale(x: f64, k: i32) -> f64;
        pub fn dot(a: *const f64, b: *const f64, n: i32) -> f64;
        pub fn fill(out: *mut f64, n: u64, v: f64);
        pub fn row_sums(m: *const f64, rows: i32, cols: i32, sums: *mut f64) -> i32;
        pub fn window(x: *const i32, m: i32) -> i64;
        pub fn norm(p: Point) -> f64;
        pub fn middle(a: Point, b: Point) -> Point;
        pub fn later(d: Date, dt: f64) -> Date;
        pub fn through(a: Point, b: Point) -> Line;
        pub fn widen(l: Limits, by: f64) -> Limits;
        pub fn retune(h: *mut Header, gain: i32);
        pub fn packed_word(h: Header) -> u32;
        pub fn next_mode(m: Mode, safe: bool) -> Mode;
        pub fn is_on(m: Mode) -> bool;
        pub fn divide(a: *const f64, b: *const f64, q: *mut f64, ier: *mut i32);
        pub fn parse(text: *const i8, value: *mut i32) -> i32;
        pub fn root(x: f64, ier: *mut i32) -> f64;
        pub fn optional(by: *const f64, out: *mut f64, p: *mut Point) -> i32;
        pub fn tick(step: i32) -> i32;
        pub fn exchange(a: *mut i32, b: *mut i32);
        pub fn stamp(buf: *mut u8, n: usize) -> usize;
        pub fn pass(handle: usize, user: usize) -> usize;
        pub fn turn(z: Complex<f64>) -> Complex<f64>;
        pub fn turnf(z: Complex<f32>) -> Complex<f32>;
        pub fn bits_of(w: Word) -> u32;
        pub fn set_word(w: *mut Word, f: f32);
        pub fn unpack(p: *const Packet) -> f64;
        pub fn add_long(x: *mut X87, y: *const X87);
        pub fn nothing();
        pub fn verify(x: *const i32, copy: *mut u8) -> Mode;
        pub fn many(
            a: f64,
            b: f64,
            c: f64,
            d: f64,
            e: f64,
            f: f64,
            g: f64,
            h: f64,
            i: f64,
            j: f64,
            k: i32,
            l: i64,
            m: i32,
            n: i16,
            o: i32,
            p: i32,
            q: i8,
            r: u8,
        ) -> f64;
        pub fn flabel_(name: *const u8, n: *const i32, text: *mut u8, ier: *mut i32, l1: usize, l2: usize);
        pub fn fallok_(n: *const i32, flags: *const i32, lany: *mut i32) -> i32;
        pub fn fset_(a: *const f64, b: *const f64, i: *const i32);
        pub fn fget_(k: *const i32) -> f64;
        pub fn frot_(x: *mut [f64; 3], n: *const i32, ang: *const f64, lback: *const i32);
        pub fn freal4_(x: *const f32) -> f32;
        pub fn fcplx_(r: *const f64, t: *const f64) -> Complex<f64>;
        pub fn fpick_(list: *const u8, n: *const i32, k: *const i32, one: *mut u8, l1: usize, l2: usize);
    }
}

/// Fills a slot as the agent does.
fn fill_slot(slots: &[ControlSlot], name: &str, code: *const (), state: &[*mut u8]) {
    // SAFETY: the descriptor's pointers lead to statics.
    unsafe {
        let found =
            |slot: &&ControlSlot| std::ffi::CStr::from_ptr(slot.routine).to_bytes() == name.as_bytes();
        let slot = slots.iter().find(found).unwrap();
        assert_eq!(slot.state_count as usize, state.len());
        for (i, area) in state.iter().enumerate() {
            (*slot.state.add(i)).store(*area, Release);
        }
        (*slot.address).store(code as *mut c_void, Release);
    }
}

/// Fills all slots, and keeps other tests from the shared state meanwhile.
fn connect() -> MutexGuard<'static, ()> {
    static ONE: Mutex<()> = Mutex::new(());
    let guard = ONE.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    macro_rules! fill {
        ($slots:expr; $($name:literal $code:ident $([$($state:ident),*])?),* $(,)?) => {
            $( fill_slot(&$slots, $name, legacy::$code as *const (), &[$($((&raw mut legacy::$state).cast()),*)?]); )*
        };
    }
    fill!(c::CONTROLS; "scale" scale, "dot" dot, "fill" fill, "row_sums" row_sums, "window" window, "norm" norm,
        "middle" middle, "later" later, "through" through, "widen" widen, "retune" retune,
        "packed_word" packed_word, "next_mode" next_mode, "is_on" is_on, "divide" divide, "parse" parse,
        "root" root, "optional" optional, "tick" tick [the_tally, the_table], "many" many, "exchange" exchange,
        "stamp" stamp, "pass" pass, "turn" turn, "turnf" turnf, "bits_of" bits_of, "set_word" set_word,
        "unpack" unpack, "add_long" add_long, "verify" verify, "nothing" nothing [the_tally]);
    fill!(f::CONTROLS; "flabel" flabel_, "fallok" fallok_, "fset" fset_ [bloc_], "fget" fget_ [bloc_],
        "frot" frot_, "freal4" freal4_, "fcplx" fcplx_, "fpick" fpick_);
    guard
}

/// Calls a routine directly, through a frame, and through the exact ABI of its candidate `Control`; the three must be
/// equal, and equal to what `$through` says that the trait gave.
macro_rules! three_ways {
    ($module:ident, $name:ident : $ty:ty, $direct:path, |$f:ident| $call:expr) => {{
        static CANDIDATE: Candidate = $module::$name::control();
        // SAFETY: the arguments are those of the routine, as declared by hand above.
        #[allow(unused_unsafe)]
        let run = |$f: $ty| unsafe { $call };
        // SAFETY: the type is the routine's, as declared by hand above.
        let (direct, stub, exact) = unsafe {
            let direct = run($direct as $ty);
            let stub = std::mem::transmute::<*const c_void, $ty>(routed(&CANDIDATE, &[]));
            let routed = run(stub);
            assert!(matches!(last_answer(), Answer::ANSWERED | Answer::STATUS), "{:?}", last_answer());
            (direct, routed, run(std::mem::transmute::<*const c_void, $ty>(CANDIDATE.abi_entry)))
        };
        assert_eq!(direct, stub, "through a frame");
        assert_eq!(direct, exact, "through the exact ABI");
        direct
    }};
}

const A: Point = Point { x: 1.0, y: 2.0 };
const B: Point = Point { x: 4.0, y: 6.5 };

#[test]
fn values() {
    let _guard = connect();
    let direct = three_ways!(c, scale: unsafe extern "C" fn(f64, i32) -> f64, legacy::scale, |f| f(1.5, -3));
    assert_eq!(direct, c::Control::scale(1.5, -3));
    type Many = unsafe extern "C" fn(
        f64,
        f64,
        f64,
        f64,
        f64,
        f64,
        f64,
        f64,
        f64,
        f64,
        i32,
        i64,
        i32,
        i16,
        i32,
        i32,
        i8,
        u8,
    ) -> f64;
    let direct = three_ways!(c, many: Many, legacy::many, |f| f(
        0.5, 1.5, 2.5, 3.5, 4.5, 5.5, 6.5, 7.5, 8.5, 9.5, -1, 1 << 40, -3, -4, 5, -6, -7, 200
    ));
    let control = c::Control::many(
        0.5,
        1.5,
        2.5,
        3.5,
        4.5,
        5.5,
        6.5,
        7.5,
        8.5,
        9.5,
        -1,
        1 << 40,
        -3,
        -4,
        5,
        -6,
        -7,
        200,
    );
    assert_eq!(direct, control);
    three_ways!(c, pass: unsafe extern "C" fn(usize, usize) -> usize, legacy::pass, |f| (f(77, 1), f(77, 0)));
    // SAFETY: it follows neither.
    assert_eq!(unsafe { c::Control::pass(Address(77), Address(1)) }, Address(77));
}

#[test]
fn records_by_value() {
    let _guard = connect();
    three_ways!(c, norm: unsafe extern "C" fn(Point) -> f64, legacy::norm, |f| f(B));
    let direct =
        three_ways!(c, middle: unsafe extern "C" fn(Point, Point) -> Point, legacy::middle, |f| f(A, B));
    assert_eq!(direct, c::Control::middle(A, B));
    let date = Date { day: 7, sec: 86399.0 };
    let direct =
        three_ways!(c, later: unsafe extern "C" fn(Date, f64) -> Date, legacy::later, |f| f(date, 5.5));
    assert_eq!(direct, Date { day: 8, sec: 4.5 });
    three_ways!(c, through: unsafe extern "C" fn(Point, Point) -> Line, legacy::through, |f| f(A, B));
    let limits = Limits { v: [1.0, 2.0, 3.0, 4.0, 5.0] };
    let direct = three_ways!(c, widen: unsafe extern "C" fn(Limits, f64) -> Limits, legacy::widen, |f| f(limits, 0.25));
    assert_eq!(direct, c::Control::widen(limits, 0.25));
    let z = Complex { re: 1.0, im: 2.0 };
    let direct =
        three_ways!(c, turn: unsafe extern "C" fn(Complex<f64>) -> Complex<f64>, legacy::turn, |f| f(z));
    assert_eq!(direct, Complex { re: -2.0, im: 1.0 });
    let z = Complex { re: 1.0, im: 2.0 };
    three_ways!(c, turnf: unsafe extern "C" fn(Complex<f32>) -> Complex<f32>, legacy::turnf, |f| f(z));
    let word = Word { bytes: 1.5_f32.to_le_bytes() };
    three_ways!(c, bits_of: unsafe extern "C" fn(Word) -> u32, legacy::bits_of, |f| f(word));
}

#[test]
fn bit_fields_and_packed_records() {
    let _guard = connect();
    let mut header = Header::ZERO;
    header.set_version(2);
    header.set_satellite(1001);
    header.set_gain(-7);
    header.set_count(1 << 19);
    header.channel = 0xa5;
    header.rate = 123;
    assert_eq!(
        // SAFETY: the types are equal, as the proof file shows.
        unsafe { legacy::packed_word(header) },
        2_u32 + 10010 + 100000 * 0xa5 + (1 << 19) - 7
    );
    three_ways!(c, packed_word: unsafe extern "C" fn(Header) -> u32, legacy::packed_word, |f| f(header));
    let tuned = three_ways!(c, retune: unsafe extern "C" fn(*mut Header, i32), legacy::retune, |f| {
        let mut copy = header;
        f(&mut copy, 11);
        copy
    });
    assert_eq!((tuned.gain(), tuned.count(), tuned.channel, tuned.rate), (11, (1 << 19) + 1001, 0x5a, -123));
    let packet = Packet { tag: 1, value: 2.5, rank: -3 };
    three_ways!(c, unpack: unsafe extern "C" fn(*const Packet) -> f64, legacy::unpack, |f| f(&packet));
    three_ways!(c, set_word: unsafe extern "C" fn(*mut Word, f32), legacy::set_word, |f| {
        let mut word = Word::ZERO;
        f(&mut word, 2.5);
        word
    });
    three_ways!(c, add_long: unsafe extern "C" fn(*mut X87, *const X87), legacy::add_long, |f| {
        // 1.0 and 1.0 as long doubles: explicit leading bit, exponent 0x3fff.
        let one = X87([0, 0, 0, 0, 0, 0, 0, 0x80, 0xff, 0x3f, 0, 0, 0, 0, 0, 0]);
        let mut sum = one;
        f(&mut sum, &one);
        (sum.0[7], sum.0[8], sum.0[9])
    });
}

#[test]
fn arrays_carry_their_lengths() {
    let _guard = connect();
    let (a, b) = ([1.0, 2.0, 3.0], [4.0, 5.0, 6.0]);
    type Dot = unsafe extern "C" fn(*const f64, *const f64, i32) -> f64;
    let direct = three_ways!(c, dot: Dot, legacy::dot, |f| f(a.as_ptr(), b.as_ptr(), 3));
    assert_eq!(direct, c::Control::dot(&a, &b));
    three_ways!(c, fill: unsafe extern "C" fn(*mut f64, u64, f64), legacy::fill, |f| {
        let mut out = [0.0; 4];
        f(out.as_mut_ptr(), 3, 1.25);
        out
    });
    type Sums = unsafe extern "C" fn(*const f64, i32, i32, *mut f64) -> i32;
    three_ways!(c, row_sums: Sums, legacy::row_sums, |f| {
        let mut sums = [0.0; 2];
        (f([1.0, 2.0, 3.0, 4.0, 5.0, 6.0].as_ptr(), 2, 3, sums.as_mut_ptr()), sums)
    });
    let mut sums = [0.0; 2];
    assert_eq!(c::Control::row_sums(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0], 3, &mut sums), 6);
    assert_eq!(sums, [6.0, 15.0]);
    let x = [1, 2, 3, 4, 5];
    three_ways!(c, window: unsafe extern "C" fn(*const i32, i32) -> i64, legacy::window, |f| f(x.as_ptr(), 3));
    assert_eq!(c::Control::window(&x, 3), 15);
    three_ways!(c, stamp: unsafe extern "C" fn(*mut u8, usize) -> usize, legacy::stamp, |f| {
        let mut text = [b'.'; 5];
        (f(text.as_mut_ptr(), 4), text)
    });
}

#[test]
#[should_panic(expected = "`b` has 2 elements, the contract says 3")]
fn lengths_that_disagree_are_refused() {
    let _guard = connect();
    c::Control::dot(&[1.0, 2.0, 3.0], &[1.0, 2.0]);
}

#[test]
fn truth_values_and_enumerations() {
    let _guard = connect();
    type Next = unsafe extern "C" fn(Mode, bool) -> Mode;
    three_ways!(c, next_mode: Next, legacy::next_mode, |f| (f(Mode::MODE_OFF, false), f(Mode(12), true)));
    assert_eq!(c::Control::next_mode(Mode::MODE_ON, true), Mode::MODE_SAFE);
    three_ways!(c, is_on: unsafe extern "C" fn(Mode) -> bool, legacy::is_on, |f| (f(Mode(1)), f(Mode(2))));
    assert!(c::Control::is_on(Mode::MODE_ON));
}

#[test]
fn status_conventions() {
    let _guard = connect();
    type Divide = unsafe extern "C" fn(*const f64, *const f64, *mut f64, *mut i32);
    three_ways!(c, divide: Divide, legacy::divide, |f| {
        let run = |a: f64, b: f64| {
            let (mut q, mut ier) = (9.0, 9);
            f(&a, &b, &mut q, &mut ier);
            (q, ier)
        };
        (run(1.0, 4.0), run(0.0, 4.0), run(1.0, 0.0))
    });
    assert_eq!(c::Control::divide(1.0, 4.0), Ok((0.25, Done::Ok)));
    assert_eq!(c::Control::divide(0.0, 4.0), Ok((0.0, Done::Warning(2))));
    assert_eq!(c::Control::divide(1.0, 0.0), Err(Failure(-1)));
    three_ways!(c, parse: unsafe extern "C" fn(*const i8, *mut i32) -> i32, legacy::parse, |f| {
        let run = |text: &std::ffi::CStr| {
            let mut value = -1;
            (f(text.as_ptr(), &mut value), value)
        };
        (run(c"42"), run(c"42x"), run(c"x"))
    });
    assert_eq!(c::Control::parse(c"17;"), Ok((17, Done::Warning(1))));
    three_ways!(c, root: unsafe extern "C" fn(f64, *mut i32) -> f64, legacy::root, |f| {
        let run = |x: f64| {
            let mut ier = 5;
            (f(x, &mut ier), ier)
        };
        (run(2.25), run(-4.0))
    });
    assert_eq!(c::Control::root(-4.0), Err(Failure(-1)));
    assert_eq!(c::Control::root(2.25), Ok((1.5, Done::Ok)));
}

#[test]
fn an_enumeration_as_status() {
    let _guard = connect();
    type Verify = unsafe extern "C" fn(*const i32, *mut u8) -> Mode;
    three_ways!(c, verify: Verify, legacy::verify, |f| {
        let run = |x: i32| {
            let mut copy = 0;
            (f(&x, &mut copy), copy)
        };
        (run(5), run(300), run(-1))
    });
    assert_eq!(c::Control::verify(300), Ok((44, Done::Warning(1))));
    assert_eq!(c::Control::verify(-1), Err(Failure(7)));
}

#[test]
fn what_may_be_absent() {
    let _guard = connect();
    type Optional = unsafe extern "C" fn(*const f64, *mut f64, *mut Point) -> i32;
    three_ways!(c, optional: Optional, legacy::optional, |f| {
        let (by, mut out, mut p) = (2.5, 0.0, A);
        let all = f(&by, &mut out, &mut p);
        let none = f(std::ptr::null(), std::ptr::null_mut(), std::ptr::null_mut());
        (all, none, out, p)
    });
    let mut out = 0.0;
    assert_eq!(c::Control::optional(None, Some(&mut out), None), 2);
    assert_eq!(out, 10.0);
}

#[test]
fn several_outputs() {
    let _guard = connect();
    three_ways!(c, exchange: unsafe extern "C" fn(*mut i32, *mut i32), legacy::exchange, |f| {
        let (mut a, mut b) = (1, 2);
        f(&mut a, &mut b);
        (a, b)
    });
}

#[test]
fn fortran_text_and_logicals() {
    let _guard = connect();
    type Label = unsafe extern "C" fn(*const u8, *const i32, *mut u8, *mut i32, usize, usize);
    three_ways!(f, flabel: Label, legacy::flabel_, |f| {
        let run = |name: &[u8], n: i32| {
            let (mut text, mut ier) = ([b'?'; 6], 9);
            f(name.as_ptr(), &n, text.as_mut_ptr(), &mut ier, name.len(), 5);
            (text, ier)
        };
        (run(b"SPOT", 1), run(b"AUSSAGUEL", 1), run(b"", -1))
    });
    let mut bytes = [0; 6];
    let done = f::Control::flabel(Text::new(b"SPOT"), 1, Text::new_mut(&mut bytes));
    assert_eq!((done, &bytes), (Ok(Done::Ok), b"SPOT  "));
    type AllOk = unsafe extern "C" fn(*const i32, *const i32, *mut i32) -> i32;
    three_ways!(f, fallok: AllOk, legacy::fallok_, |f| {
        let mut any = 77;
        (f(&3, [1, 0, 1].as_ptr(), &mut any), any)
    });
    assert_eq!(f::Control::fallok(&[Logical(0), Logical(0)]), f::FallokOutputs { value: false, lany: false });
    type Pick = unsafe extern "C" fn(*const u8, *const i32, *const i32, *mut u8, usize, usize);
    three_ways!(f, fpick: Pick, legacy::fpick_, |f| {
        let mut one = [0; 8];
        f(b"SPOT1   SPOT5   ".as_ptr(), &2, &2, one.as_mut_ptr(), 8, 8);
        one
    });
    let mut one = [0; 8];
    f::Control::fpick(&[*b"SPOT1   ", *b"SPOT5   "], 1, Text::new_mut(&mut one));
    assert_eq!(&one, b"SPOT1   ");
}

#[test]
fn fortran_arrays_and_functions() {
    let _guard = connect();
    type Rotate = unsafe extern "C" fn(*mut [f64; 3], *const i32, *const f64, *const i32);
    let turned = three_ways!(f, frot: Rotate, legacy::frot_, |f| {
        let mut x = [[1.0, 0.0, 5.0], [0.0, 1.0, 6.0]];
        f(x.as_mut_ptr(), &2, &0.5, &1);
        x
    });
    let mut x = [[1.0, 0.0, 5.0], [0.0, 1.0, 6.0]];
    f::Control::frot(&mut x, 0.5, true);
    assert_eq!(turned, x);
    three_ways!(f, freal4: unsafe extern "C" fn(*const f32) -> f32, legacy::freal4_, |f| f(&1.25));
    type Cplx = unsafe extern "C" fn(*const f64, *const f64) -> Complex<f64>;
    three_ways!(f, fcplx: Cplx, legacy::fcplx_, |f| f(&2.0, &0.5));
}

#[test]
fn state_is_lent() {
    let (_guard, serial) = (connect(), Serial::lock());
    // SAFETY: the lock keeps other tests from the legacy state.
    unsafe {
        legacy::the_tally = Tally { calls: 3, total: 1.5 };
        // Not the live storage: the legacy code works on the borrowed state, and its own is as before.
        let mut tally = Tally { calls: 10, total: 0.0 };
        assert_eq!(c::Control::tick(&serial, 2, &mut tally, &[1, 2, 3, 4]), 11);
        assert_eq!(tally, Tally { calls: 11, total: 6.0 });
        assert_eq!((&raw const legacy::the_tally).read(), Tally { calls: 3, total: 1.5 });
        assert_eq!((&raw const legacy::the_table).read(), [10, 20, 30, 40]);
        // The live storage: worked on in place.
        let live = &raw mut legacy::the_tally;
        let table = (&raw const legacy::the_table).read();
        assert_eq!(c::Control::tick(&serial, 1, &mut *live, &table), 4);
        assert_eq!((&raw const legacy::the_tally).read(), Tally { calls: 4, total: 21.5 });
        // Through a frame, with a copy of the state as in `shadow`.
        static TICK: Candidate = c::tick::control();
        let mut copy = (Tally { calls: 0, total: 0.0 }, [5, 6, 7, 8]);
        let stub = routed(&TICK, &[(&raw mut copy.0).cast(), (&raw mut copy.1).cast()]);
        let stub = std::mem::transmute::<*const c_void, unsafe extern "C" fn(i32) -> i32>(stub);
        assert_eq!((stub(3), last_answer()), (1, Answer::ANSWERED));
        assert_eq!(copy.0, Tally { calls: 1, total: 24.0 });
        assert_eq!((&raw const legacy::the_tally).read(), Tally { calls: 4, total: 21.5 });
    }
}

#[test]
fn two_views_of_a_common_block() {
    let (_guard, serial) = (connect(), Serial::lock());
    let mut view = BlocFset::ZERO;
    f::Control::fset(&serial, 1.5, 2.5, 3, &mut view);
    assert_eq!(view, BlocFset { ca: 1.5, cb: 2.5, ci: 3 });
    let other = BlocFget { v: [view.ca, view.cb], j: view.ci };
    // SAFETY: the lock keeps other tests from the legacy state.
    unsafe {
        assert_eq!((&raw const legacy::bloc_).read().ci, 0, "live storage untouched");
        legacy::fset_(&1.0, &2.0, &4);
        assert_eq!(legacy::fget_(&1), 5.0);
        // Several threads may be in `fget`: what it reads is not replaced.
        let refused = std::panic::catch_unwind(|| f::Control::fget(&Serial::lock(), 2, &other)).unwrap_err();
        let why = refused.downcast_ref::<String>().unwrap();
        assert!(why.starts_with("`bloc` is given other state than its storage holds"), "{why}");
        assert_eq!((&raw const legacy::bloc_).read().ci, 4, "live storage untouched");
        legacy::fset_(&view.ca, &view.cb, &view.ci);
        assert_eq!(f::Control::fget(&serial, 2, &other), 5.5);
        legacy::fset_(&0.0, &0.0, &0);
    }
    let _ = legacy::nothing as unsafe extern "C" fn();
}

#[test]
fn a_component_alone_exports_itself() {
    // SAFETY: the descriptor is static.
    let module = unsafe { &*cmp_bridge_shapes::cmp_bridge_module() };
    // SAFETY: the descriptor says how many there are; names are NUL-terminated.
    let names: Vec<&str> = unsafe {
        let list = std::slice::from_raw_parts(module.candidates, module.candidate_count as usize);
        list.iter().map(|candidate| std::ffi::CStr::from_ptr(candidate.routine).to_str().unwrap()).collect()
    };
    assert_eq!(names, ["scale", "dot", "tick"]);
}
