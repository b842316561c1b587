//! Ada's arrays, implemented in Rust.

use crate::ada_arrays::{self, Apart, Checksum, Greatest, Moment, Number, Scale, Sum, Tally, Upper};
use cmp_bridge::support::{View, ViewMut};

/// The routines.
pub struct Arrays;

impl Sum for Arrays {
    fn sum(v: View<'_, f64>) -> f64 {
        v.iter().sum()
    }
}

impl Greatest for Arrays {
    fn greatest(v: View<'_, f64>) -> i32 {
        let greatest = v.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1));
        (v.first()[0] + greatest.map_or(-1, |(i, _)| i as i64)) as i32
    }
}

impl Scale for Arrays {
    fn scale(v: &mut ViewMut<'_, f64>, k: f64) {
        v.iter_mut().for_each(|x| *x *= k);
    }
}

impl Number for Arrays {
    fn number(v: &mut ViewMut<'_, i32>) {
        let [first] = v.first();
        for (x, index) in v.iter_mut().zip(first..) {
            *x = index as i32;
        }
    }
}

impl Upper for Arrays {
    fn upper(s: View<'_, u8>, t: &mut ViewMut<'_, u8>) {
        t.text().assign(&s.to_ascii_uppercase());
    }
}

impl Tally for Arrays {
    fn tally(c: u8, s: View<'_, u8>) -> i32 {
        s.iter().filter(|letter| **letter == c).count() as i32
    }
}

impl Moment for Arrays {
    fn moment(m: View<'_, f64, 2>) -> f64 {
        let ([_, first], [_, columns]) = (m.first(), m.extents());
        m.iter().enumerate().map(|(at, x)| (first + (at % columns) as i64) as f64 * x).sum()
    }
}

impl Checksum for Arrays {
    fn checksum(o: View<'_, u8>) -> i32 {
        o.iter().map(|octet| i32::from(*octet)).sum()
    }
}

impl Apart for Arrays {
    fn apart(a: i32, b: i32, v: View<'_, f64>, c: i32, w: View<'_, f64>, d: i32) -> f64 {
        f64::from(a + b + c + d) * w.iter().sum::<f64>() + 5.0 * v.iter().sum::<f64>()
    }
}

ada_arrays::export! { Arrays: sum, greatest, scale, number, upper, tally, moment, checksum, apart }
