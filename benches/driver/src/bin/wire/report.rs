//! The figures, against their marks.

use crate::Failure;
use serde_json::{Value, json};
use std::fmt::Write;

/// Nanoseconds of round trips, one of each a round.
#[derive(Default)]
pub struct Trips {
    p50: Vec<f64>,
    p99: Vec<f64>,
    mean: Vec<f64>,
}

impl Trips {
    /// What a client said of a round.
    pub fn add(&mut self, times: &[f64]) -> Result<(), Failure> {
        let [p50, p99, mean] = *times else { return Err(Failure(format!("three times, not {times:?}"))) };
        self.p50.push(p50);
        self.p99.push(p99);
        self.mean.push(mean);
        Ok(())
    }
}

/// Which processors client and server have.
#[derive(Debug, Clone, Copy)]
pub enum Placement {
    /// One each.
    Apart,
    /// One for both.
    Together,
    /// One for both, as there is no other.
    Only,
}

impl Placement {
    fn key(self) -> &'static str {
        match self {
            Placement::Apart => "apart",
            Placement::Together => "together",
            Placement::Only => "only",
        }
    }

    fn title(self) -> &'static str {
        match self {
            Placement::Apart => "client and server on a processor each, as on two machines",
            Placement::Together => {
                "client and server on one processor: no wake-up of a sleeping one hides what a call takes"
            }
            Placement::Only => "client and server on one processor: this process may use no other",
        }
    }
}

/// What was measured, a value a round.
pub struct Samples {
    rounds: usize,
    sizes: [usize; 2],
    /// Of TCP with nothing on it, of libtirpc's rpcgen client and server, and of the C89 stub and `cmp-bridge serve`.
    pub placed: Vec<(Placement, [Trips; 3])>,
    /// Nanoseconds by call of a pipelined batch.
    pub pipelined: Vec<f64>,
    /// Nanoseconds by call of the routine itself.
    pub direct: Vec<f64>,
    /// Nanoseconds by call in route shadow.
    pub shadow: Vec<f64>,
    encoding: Vec<f64>,
    decoding: Vec<f64>,
    copying: Vec<f64>,
}

/// A figure with a limit, or without one.
struct Figure {
    placement: Option<Placement>,
    key: &'static str,
    title: &'static str,
    value: f64,
    unit: &'static str,
    mark: Option<(&'static str, bool)>,
}

impl Samples {
    /// None yet.
    pub fn new(rounds: usize, sizes: [usize; 2], placements: &[Placement]) -> Samples {
        let none = Vec::new;
        Samples {
            rounds,
            sizes,
            placed: placements.iter().map(|placement| (*placement, Default::default())).collect(),
            pipelined: none(),
            direct: none(),
            shadow: none(),
            encoding: none(),
            decoding: none(),
            copying: none(),
        }
    }

    /// Gigabytes by second of a round.
    pub fn codec(&mut self, [encoding, decoding, copying]: [f64; 3]) {
        self.encoding.push(encoding);
        self.decoding.push(decoding);
        self.copying.push(copying);
    }

    fn figures(&self) -> Vec<Figure> {
        let mut all: Vec<Figure> =
            self.placed.iter().flat_map(|(placement, trips)| round_trips(*placement, trips)).collect();
        let figure =
            |key, title, value, unit, mark| Figure { placement: None, key, title, value, unit, mark };
        // Where libtirpc is quickest.
        let sequential =
            self.placed.iter().map(|(_, [_, tirpc, _])| median(&tirpc.mean)).fold(f64::INFINITY, f64::min);
        let times = sequential / median(&self.pipelined);
        let over = (median(&self.shadow) - median(&self.direct)) / 1000.0;
        let codec = [&self.encoding, &self.decoding, &self.copying].map(|list| median(list));
        all.extend([
            figure("pipelined", "pipelined, one call", median(&self.pipelined) / 1000.0, "us", None),
            figure(
                "pipelined_ratio",
                "  rate over libtirpc's sequential rate",
                times,
                "times",
                Some((">= 10", times >= 10.0)),
            ),
            figure("encode", "codec, encoding doubles", codec[0], "GB/s", Some((">= 1", codec[0] >= 1.0))),
            figure("decode", "codec, decoding doubles", codec[1], "GB/s", Some((">= 1", codec[1] >= 1.0))),
            figure("copy", "  copying them", codec[2], "GB/s", None),
            figure("shadow", "route shadow, over a direct call", over, "us", Some(("<= 2", over <= 2.0))),
        ]);
        all
    }

    /// For people.
    pub fn text(&self) -> String {
        let [call, reply] = self.sizes;
        let mut text = format!(
            "Over the wire: medians of {} interleaved rounds; a call of {call} bytes, a reply of {reply}.\n\n",
            self.rounds
        );
        let mut before = None;
        for Figure { placement, title, value, unit, mark, .. } in self.figures() {
            let here = placement.map(Placement::key);
            if before != Some(here) {
                let title = placement.map_or("wherever the system puts client and server", Placement::title);
                let _ = write!(text, "{}{title}\n\n", if before.is_some() { "\n" } else { "" });
                before = Some(here);
            }
            let verdict = match mark {
                Some((limit, true)) => format!("  {limit}: PASS"),
                Some((limit, false)) => format!("  {limit}: MISS"),
                None => String::new(),
            };
            // Writing to a String cannot fail.
            let _ = writeln!(text, "{}", format!("{title:<42} {value:>9.3} {unit:<5}{verdict}").trim_end());
        }
        text
    }

    /// For programs.
    pub fn json(&self) -> String {
        let figures: Vec<Value> = self
            .figures()
            .into_iter()
            .map(|Figure { placement, key, title, value, unit, mark }| {
                let mark = mark.map(|(limit, pass)| json!({ "limit": limit, "pass": pass }));
                let (title, placement) = (title.trim(), placement.map(Placement::key));
                json!({ "placement": placement, "key": key, "title": title, "value": value, "unit": unit, "mark": mark })
            })
            .collect();
        format!("{:#}\n", json!({ "rounds": self.rounds, "bytes": self.sizes, "wire": figures }))
    }
}

/// What one call after the other took, in one placement.
fn round_trips(placement: Placement, trips: &[Trips; 3]) -> [Figure; 7] {
    let figure =
        |key, title, value, unit, mark| Figure { placement: Some(placement), key, title, value, unit, mark };
    let us = |key, title, ns: f64, mark| figure(key, title, ns / 1000.0, "us", mark);
    let [p50, p99] =
        [trips.each_ref().map(|trips| median(&trips.p50)), trips.each_ref().map(|trips| median(&trips.p99))];
    let less = |times: [f64; 3]| Some(("less than libtirpc", times[2] < times[1]));
    let ratio = p50[2] / p50[0];
    [
        us("raw_p50", "raw TCP ping-pong, p50", p50[0], None),
        us("raw_p99", "  p99", p99[0], None),
        us("tirpc_p50", "libtirpc, rpcgen client and server, p50", p50[1], None),
        us("tirpc_p99", "  p99", p99[1], None),
        us("stub_p50", "C89 stub and cmp-bridge serve, p50", p50[2], less(p50)),
        us("stub_p99", "  p99", p99[2], less(p99)),
        figure("ratio", "  p50 over raw", ratio, "times", Some(("<= 1.15", ratio <= 1.15))),
    ]
}

fn median(times: &[f64]) -> f64 {
    let mut sorted = times.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or(f64::NAN)
}
