//! Nested records, implemented in Rust.

use crate::nested::{self, Centre, Grid, Point, Raised, Total, Transform, Transpose};

/// The routines.
pub struct Nested;

impl Transform for Nested {
    fn transform(g: &mut Grid, by: f64) {
        for cell in g.cells.iter_mut().flatten() {
            *cell = (f64::from(*cell) * by) as i32;
        }
        for corner in &mut g.corners {
            *corner = Point { x: corner.x * by, y: corner.y * by };
        }
        for letter in &mut g.label {
            *letter += 1;
        }
        g.level /= by;
    }
}

impl Total for Nested {
    fn total(g: Grid) -> f64 {
        let cells: i32 = g.cells.iter().flatten().sum();
        let corners: f64 = g.corners.iter().map(|corner| corner.x + corner.y).sum();
        g.level + f64::from(cells) + corners + f64::from(g.label[3] - g.label[0]) * 0.5
    }
}

impl Raised for Nested {
    fn raised(mut g: Grid, by: f64) -> Grid {
        g.level += by;
        g
    }
}

impl Centre for Nested {
    fn centre(p: &[Point], c: &mut Point) {
        let n = p.len() as f64;
        *c = p.iter().fold(Point::ZERO, |c, p| Point { x: c.x + p.x / n, y: c.y + p.y / n });
    }
}

impl Transpose for Nested {
    fn transpose(a: &[[f64; 3]; 2], b: &mut [[f64; 2]; 3]) {
        for (i, row) in a.iter().enumerate() {
            for (j, x) in row.iter().enumerate() {
                b[j][i] = *x;
            }
        }
    }
}

nested::export! { Nested: transform, total, raised, centre, transpose }
