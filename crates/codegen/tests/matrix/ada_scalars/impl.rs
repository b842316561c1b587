//! Ada's scalars, implemented in Rust.

use crate::ada_scalars::{
    self, Advance, AdvanceReturn, Code, Command, Decode, Equipment, Filter, FilterReturn, Follows,
    FollowsReturn, Level, Measure, Mode, Natural, Next, Percent, Slope, SlopeReturn, Split, SplitReturn,
    Step, Volts,
};
use cmp_bridge::support::{Done, Failure};

/// The routines.
pub struct Scalars;

impl Filter for Scalars {
    fn filter(value: f64, memory: f64, gain: f64) -> FilterReturn {
        let jump = (value - memory).abs() > 5.0;
        let memory = if jump { value } else { memory + gain * (value - memory) };
        FilterReturn { value: memory, memory, jump: jump.into() }
    }
}

impl Follows for Scalars {
    fn follows(received: Natural, expected: Natural) -> FollowsReturn {
        let lost = Natural(received.0 - expected.0);
        FollowsReturn { retval: (lost.0 == 0).into(), expected: Natural(received.0 + 1), lost }
    }
}

impl Slope for Scalars {
    fn slope(a: f32, b: f32) -> SlopeReturn {
        SlopeReturn { slope: b / a, rest: a / 2.0 }
    }
}

impl Split for Scalars {
    fn split(x: f64) -> SplitReturn {
        SplitReturn { whole: x.round(), part: x - x.round() }
    }
}

impl Advance for Scalars {
    fn advance(alarm: bool, state: Mode) -> AdvanceReturn {
        let next = match state {
            _ if alarm => Mode::SURVIVAL,
            Mode::LAUNCH => Mode::ACQUISITION,
            Mode::ACQUISITION => Mode::NORMAL,
            state => state,
        };
        AdvanceReturn { state: next, changed: (next != state).into() }
    }
}

impl Step for Scalars {
    fn step(counter: Natural, by: i32) -> Natural {
        Natural(counter.0 + by)
    }
}

impl Measure for Scalars {
    fn measure(channel: Level) -> f64 {
        273.15 + 10.0 * f64::from(channel.0)
    }
}

impl Next for Scalars {
    fn next(e: Equipment) -> Equipment {
        match e {
            Equipment::OFF => Equipment::STANDBY,
            Equipment::STANDBY => Equipment::ON,
            _ => Equipment::FAILED,
        }
    }
}

impl Code for Scalars {
    fn code_(x: f64) -> Volts {
        Volts::nearest(x).unwrap_or(Volts(i16::MIN))
    }
}

impl Decode for Scalars {
    fn decode(v: Volts, loss: Percent) -> f64 {
        v.value() * (1.0 - loss.value() / 100.0)
    }
}

impl Command for Scalars {
    fn command(angle: f64) -> Result<Done, Failure> {
        if angle < 0.0 {
            return Err(Failure(-1));
        }
        Ok(if angle > 90.0 { Done::Warning(2) } else { Done::Ok })
    }
}

ada_scalars::export! {
    Scalars: filter, follows, slope, split, advance, step, measure, next, code_, decode, command
}
