//! Calls the routines on Ada's scalars through the generated `Control`.

use crate::ada_scalars::{Control, Equipment, Level, Mode, Natural, Percent, Volts};
use cmp_bridge::support::{Done, Failure, Serial};

fn hundredths(x: f64) -> i32 {
    (100.0 * x) as i32
}

/// Prints what `expected.txt` holds.
pub fn run() {
    let serial = Serial::lock();
    for value in [2.0, 10.0] {
        let r = Control::filter(&serial, value, 1.0, 0.5);
        println!("filter {} {} {}", hundredths(r.value), hundredths(r.memory), r.jump.0);
    }
    for (received, expected) in [(5, 5), (9, 6)] {
        let r = Control::follows(&serial, Natural(received), Natural(expected));
        println!("follows {} {} {}", r.retval.0, r.expected.0, r.lost.0);
    }
    let slope = Control::slope(&serial, 1.0, 2.0);
    println!("slope {} {}", hundredths(slope.slope.into()), hundredths(slope.rest.into()));
    let split = Control::split(&serial, 2.25);
    println!("split {} {}", hundredths(split.whole), hundredths(split.part));
    for (alarm, state) in [(false, Mode::ACQUISITION), (true, Mode::NORMAL), (true, Mode::SURVIVAL)] {
        let r = Control::advance(&serial, alarm, state);
        println!("advance {} {}", r.state.0, r.changed.0);
    }
    println!("step {}", Control::step(&serial, Natural(7), 5).0);
    println!("measure {}", (100.0 * Control::measure(&serial, Level(2))).round());
    let next = |e: Equipment| Control::next(&serial, e).0;
    let (off, standby) = (next(Equipment::OFF), next(Equipment::STANDBY));
    println!("next {off} {standby} {} {}", next(Equipment::ON), next(Equipment::FAILED));
    println!("code {} {}", Control::code_(&serial, 1.25).0, Control::code_(&serial, -1000.0).0);
    println!("decode {}", (100_000.0 * Control::decode(&serial, Volts(160), Percent(1000))).round());
    for angle in [45.0, 91.0, -1.0] {
        let code = match Control::command(&serial, angle) {
            Ok(Done::Ok) => 0,
            Ok(Done::Warning(code)) | Err(Failure(code)) => code,
        };
        println!("command {code}");
    }
}
