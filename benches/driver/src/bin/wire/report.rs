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

/// What was measured, a value a round.
pub struct Samples {
    rounds: usize,
    sizes: [usize; 2],
    /// TCP with nothing on it.
    pub raw: Trips,
    /// libtirpc's rpcgen client and server.
    pub tirpc: Trips,
    /// The C89 stub and `cmp-bridge serve`.
    pub stub: Trips,
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
    key: &'static str,
    title: &'static str,
    value: f64,
    unit: &'static str,
    mark: Option<(&'static str, bool)>,
}

impl Samples {
    /// None yet.
    pub fn new(rounds: usize, sizes: [usize; 2]) -> Samples {
        let none = Vec::new;
        Samples {
            rounds,
            sizes,
            raw: Trips::default(),
            tirpc: Trips::default(),
            stub: Trips::default(),
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
        let figure = |key, title, value, unit, mark| Figure { key, title, value, unit, mark };
        let [raw, tirpc, stub] = [&self.raw, &self.tirpc, &self.stub];
        let [p50, p99] =
            [[raw, tirpc, stub].map(|t| median(&t.p50)), [raw, tirpc, stub].map(|t| median(&t.p99))];
        let times = median(&tirpc.mean) / median(&self.pipelined);
        let over = (median(&self.shadow) - median(&self.direct)) / 1000.0;
        let codec = [&self.encoding, &self.decoding, &self.copying].map(|list| median(list));
        let us = |ns: f64| ns / 1000.0;
        vec![
            figure("raw_p50", "raw TCP ping-pong, p50", us(p50[0]), "us", None),
            figure("raw_p99", "  p99", us(p99[0]), "us", None),
            figure("tirpc_p50", "libtirpc, rpcgen client and server, p50", us(p50[1]), "us", None),
            figure("tirpc_p99", "  p99", us(p99[1]), "us", None),
            figure(
                "stub_p50",
                "C89 stub and cmp-bridge serve, p50",
                us(p50[2]),
                "us",
                Some(("less than libtirpc", p50[2] < p50[1])),
            ),
            figure("stub_p99", "  p99", us(p99[2]), "us", Some(("less than libtirpc", p99[2] < p99[1]))),
            figure(
                "ratio",
                "  p50 over raw",
                p50[2] / p50[0],
                "times",
                Some(("<= 1.15", p50[2] <= 1.15 * p50[0])),
            ),
            figure("pipelined", "pipelined, one call", us(median(&self.pipelined)), "us", None),
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
        ]
    }

    /// For people.
    pub fn text(&self) -> String {
        let [call, reply] = self.sizes;
        let mut text = format!(
            "Over the wire: medians of {} interleaved rounds; a call of {call} bytes, a reply of {reply}.\n\n",
            self.rounds
        );
        for Figure { title, value, unit, mark, .. } in self.figures() {
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
            .map(|Figure { key, title, value, unit, mark }| {
                let mark = mark.map(|(limit, pass)| json!({ "limit": limit, "pass": pass }));
                json!({ "key": key, "title": title.trim(), "value": value, "unit": unit, "mark": mark })
            })
            .collect();
        format!("{:#}\n", json!({ "rounds": self.rounds, "bytes": self.sizes, "wire": figures }))
    }
}

fn median(times: &[f64]) -> f64 {
    let mut sorted = times.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or(f64::NAN)
}
