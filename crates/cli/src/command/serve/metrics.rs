//! What happened to the calls of a routine.

use hdrhistogram::Histogram;
use std::time::Duration;

/// Longest duration that is told apart, in nanoseconds: longer ones count as this.
const LONGEST: u64 = 3_600_000_000_000;

/// Counts of one routine, since the start.
#[derive(Debug)]
pub struct Counts {
    /// Calls that reached it.
    pub calls: u64,
    /// Answered by the candidate.
    pub answered: u64,
    /// To be answered elsewhere.
    pub declined: u64,
    /// Ended by an exception.
    pub exceptions: u64,
    /// Of a routine that no HELLO of the connection named, or that nobody here can answer now.
    pub refused: u64,
    /// Calls with arguments that are not those of the routine.
    pub garbage: u64,
    /// Calls made elsewhere, of which it was told.
    pub seen: u64,
    /// Such calls that their process did not tell.
    pub untold: u64,
    /// Nanoseconds from a whole message to its answer.
    durations: Histogram<u64>,
}

impl Default for Counts {
    fn default() -> Counts {
        let (calls, answered, declined, exceptions) = (0, 0, 0, 0);
        let (refused, garbage, seen, untold) = (0, 0, 0, 0);
        // Two digits: a few kilobytes, and a percentile within one in a hundred.
        let durations = Histogram::new_with_bounds(1, LONGEST, 2);
        let durations =
            durations.unwrap_or_else(|_| unreachable!("1 is below an hour, and 2 a number of digits"));
        Counts { calls, answered, declined, exceptions, refused, garbage, seen, untold, durations }
    }
}

impl Counts {
    /// Notes how long an answer took.
    pub fn took(&mut self, duration: Duration) {
        let nanoseconds = u64::try_from(duration.as_nanos()).unwrap_or(LONGEST);
        self.durations.saturating_record(nanoseconds.max(1));
    }

    /// Microseconds within which that part of all answers was made; `None` where there are none.
    pub fn percentile(&self, part: f64) -> Option<f64> {
        (!self.durations.is_empty()).then(|| self.durations.value_at_quantile(part) as f64 / 1000.0)
    }
}
