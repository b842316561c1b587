//! The routines on records, implemented in Rust.

use crate::records::{
    self, Advance, Cross, Date, Later, Limits, Line, Middle, Norm, Point, Range, Spill, Through, Track, Vector, Widen,
    Wider,
};

/// The routines.
pub struct Records;

impl Norm for Records {
    fn norm(p: Point) -> f64 {
        p.x * p.x + p.y * p.y
    }
}

impl Middle for Records {
    fn middle(a: Point, b: Point) -> Point {
        Point { x: (a.x + b.x) / 2.0, y: (a.y + b.y) / 2.0 }
    }
}

impl Later for Records {
    fn later(mut d: Date, dt: f64) -> Date {
        d.sec += dt;
        while d.sec >= 86400.0 {
            d.sec -= 86400.0;
            d.day += 1;
        }
        d
    }
}

impl Through for Records {
    fn through(a: Point, b: Point) -> Line {
        let slope = ((b.y - a.y) / (b.x - a.x)) as f32;
        Line { slope, origin: (a.y - f64::from(slope) * a.x) as f32 }
    }
}

impl Wider for Records {
    fn wider(r: Range, by: i32) -> Range {
        Range { first: r.first - i64::from(by), last: r.last + i64::from(by) }
    }
}

impl Cross for Records {
    fn cross(a: Vector, b: Vector) -> Vector {
        Vector { x: a.y * b.z - a.z * b.y, y: a.z * b.x - a.x * b.z, z: a.x * b.y - a.y * b.x }
    }
}

impl Widen for Records {
    fn widen(mut l: Limits, by: f64) -> Limits {
        for (i, v) in l.v.iter_mut().enumerate() {
            *v += (i as f64 - 2.0) * by;
        }
        l
    }
}

impl Spill for Records {
    fn spill(a: Range, b: Range, k: i32, c: Range, d: Date) -> i64 {
        let low = a.first + 10 * a.last + 100 * b.first + 1000 * b.last;
        let high = 100_000 * (c.first + c.last) + 1_000_000 * i64::from(d.day);
        low + 10_000 * i64::from(k) + high + d.sec as i64
    }
}

impl Advance for Records {
    fn advance(t: &mut Track, step: &Point, copy: &mut Point) {
        *copy = *step;
        t.from.x += step.x;
        t.from.y += step.y;
        t.at.day += 1;
        t.code = -t.code;
        t.rank *= 10;
        t.weight /= 2.0;
    }
}

records::export! { Records: norm, middle, later, through, wider, cross, widen, spill, advance }
