//! Calls the routines on nested records through the generated `Control`.

use crate::nested::{Control, Grid, Point};
use cmp_bridge::support::Serial;

fn scaled(x: f64) -> i32 {
    (100.0 * x) as i32
}

fn label(g: &Grid) -> String {
    String::from_utf8_lossy(&g.label).into_owned()
}

/// Prints what `expected.txt` holds.
pub fn run() {
    let serial = Serial::lock();
    let p = |x: f64, y: f64| Point { x, y };
    let mut g = Grid {
        cells: [[1, 2, 3], [4, 5, 6]],
        corners: [p(1.0, 2.0), p(3.0, 4.0)],
        label: *b"ABCD",
        level: 2.0,
        ..Grid::ZERO
    };
    Control::transform(&serial, &mut g, 2.0);
    let mut words: Vec<String> = g.cells.iter().flatten().map(i32::to_string).collect();
    words.extend(g.corners.iter().flat_map(|p| [scaled(p.x).to_string(), scaled(p.y).to_string()]));
    println!("transform {} {} {}", words.join(" "), label(&g), scaled(g.level));
    println!("total {}", scaled(Control::total(&serial, g)));
    let g = Control::raised(&serial, g, 2.5);
    println!("raised {} {} {} {}", g.cells[0][0], g.cells[1][2], scaled(g.level), label(&g));
    let c = Control::centre(&serial, &[p(1.0, 3.0), p(5.0, 5.0)]);
    println!("centre {} {}", scaled(c.x), scaled(c.y));
    let b = Control::transpose(&serial, &[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]);
    let words: Vec<String> = b.iter().flatten().map(|x| scaled(*x).to_string()).collect();
    println!("transpose {}", words.join(" "));
}
