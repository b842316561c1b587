//! The theory at a date: osculating elements with their rates, position and velocity.
#![forbid(unsafe_code)]

use crate::Propagation;
use crate::flight_dynamics::{Ehbul, EhbulEhosc, Ehosc, Ehposv, Ehsec, Ehser};
use cmp_bridge::support::{Done, Failure};
use std::f64::consts::TAU;

/// Six circular elements (a, ex, ey, i, gom, pso) and their rates by the second.
struct Elements {
    values: [f64; 6],
    rates: [f64; 6],
}

impl Ehosc for Propagation {
    /// Osculating elements and their rates, `dt` seconds after the epoch of the mean bulletin.
    fn ehosc(
        dt: f64,
        osc: &mut [f64; 6],
        dosc: &mut [f64; 6],
        ehbul: &EhbulEhosc,
        ehsec: &Ehsec,
        ehser: &Ehser,
    ) -> Result<Done, Failure> {
        let [.., initialised] = ehbul.num;
        if initialised == 0 {
            return Err(Failure(-7));
        }
        let [a, ex, ey, inclination, node, latitude, _] = ehbul.bull;
        let elements = osculating(&mean(dt, &[a, ex, ey, inclination, node, latitude], ehsec), ehser);
        (*osc, *dosc) = (elements.values, elements.rates);
        Ok(Done::Ok)
    }
}

impl Ehposv for Propagation {
    /// Position and velocity, `dt` seconds after the epoch of the mean bulletin.
    fn ehposv(
        dt: f64,
        pos: &mut [f64; 3],
        vit: &mut [f64; 3],
        ehbul: &Ehbul,
        ehsec: &Ehsec,
        ehser: &Ehser,
    ) -> Result<Done, Failure> {
        if ehbul.inieh == 0 {
            return Err(Failure(-7));
        }
        let bulletin = [ehbul.am, ehbul.exm, ehbul.eym, ehbul.xim, ehbul.gomm, ehbul.psom];
        let elements = osculating(&mean(dt, &bulletin, ehsec), ehser);
        let ([x, y], [vx, vy]) = in_plane(&elements);
        let [_, _, _, inclination, node, _] = elements.values;
        let [_, _, _, inclination_rate, node_rate, _] = elements.rates;
        let (sg, cg) = (node.sin(), node.cos());
        let (si, ci) = (inclination.sin(), inclination.cos());
        *pos = [cg * x - sg * ci * y, sg * x + cg * ci * y, si * y];
        // In the plane; then the plane turns with its inclination and its node.
        let y1 = ci * vy - si * y * inclination_rate;
        let y2 = si * vy + ci * y * inclination_rate;
        *vit = [cg * vx - sg * y1 - node_rate * pos[1], sg * vx + cg * y1 + node_rate * pos[0], y2];
        Ok(Done::Ok)
    }
}

/// Mean elements at the date: secular rates, and the eccentricity vector on its ellipse.
fn mean(dt: f64, bulletin: &[f64; 6], secular: &Ehsec) -> Elements {
    let Ehsec { xn, dg, dp, dl, eps1, eps2 } = *secular;
    let [a, ex, ey, inclination, node, latitude] = *bulletin;
    let rate = xn * dp;
    let turned = rate * dt;
    let (c, s) = (turned.cos(), turned.sin());
    Elements {
        values: [
            a,
            ex * c - (1.0 - eps1) * (ey - eps2) * s,
            (1.0 + eps1) * ex * s + (ey - eps2) * c + eps2,
            inclination,
            positive_angle(node + xn * dg * dt),
            positive_angle(latitude + xn * dl * dt),
        ],
        rates: [
            0.0,
            rate * (-ex * s - (1.0 - eps1) * (ey - eps2) * c),
            rate * ((1.0 + eps1) * ex * c - (ey - eps2) * s),
            0.0,
            xn * dg,
            xn * dl,
        ],
    }
}

/// Adds the periodic terms: for each harmonic and element, coefficients that are linear in the eccentricity vector.
fn osculating(mean: &Elements, series: &Ehser) -> Elements {
    let (mut values, mut rates) = (mean.values, mean.rates);
    let [a, ex, ey, _, _, latitude] = mean.values;
    let [_, ex_rate, ey_rate, _, _, latitude_rate] = mean.rates;
    for harmonic in 0..=6 {
        let k = harmonic as f64;
        let (ck, sk) = ((k * latitude).cos(), (k * latitude).sin());
        for (element, coefficients) in series.coef.iter().enumerate() {
            let [c1, c2, c3, c4, c5, c6] = coefficients[harmonic];
            let cosine = c1 + c3 * ex + c5 * ey;
            let sine = c2 + c4 * ex + c6 * ey;
            let cosine_rate = c3 * ex_rate + c5 * ey_rate;
            let sine_rate = c4 * ex_rate + c6 * ey_rate;
            // The semi-major axis has relative terms.
            let scale = if element == 0 { a } else { 1.0 };
            values[element] += (cosine * ck + sine * sk) * scale;
            rates[element] +=
                (cosine_rate * ck + sine_rate * sk + k * latitude_rate * (sine * ck - cosine * sk)) * scale;
        }
    }
    Elements { values, rates }
}

/// Position in the plane of the orbit, and its derivative.
fn in_plane(elements: &Elements) -> ([f64; 2], [f64; 2]) {
    let [a, ex, ey, _, _, latitude] = elements.values;
    let [a_rate, dx, dy, _, _, latitude_rate] = elements.rates;
    let u = eccentric_latitude(latitude, ex, ey);
    let (cu, su) = (u.cos(), u.sin());
    let u_rate = (latitude_rate + dx * su - dy * cu) / (1.0 - ex * cu - ey * su);
    let eta = (1.0 - ex * ex - ey * ey).sqrt();
    let b = 1.0 / (1.0 + eta);
    let b_rate = b * b * (ex * dx + ey * dy) / eta;
    let x = (1.0 - b * ey * ey) * cu + b * ex * ey * su - ex;
    let y = (1.0 - b * ex * ex) * su + b * ex * ey * cu - ey;
    let xx = b_rate * ex * ex + 2.0 * b * ex * dx;
    let yy = b_rate * ey * ey + 2.0 * b * ey * dy;
    let xy = b_rate * ex * ey + b * (dx * ey + ex * dy);
    let vx = -yy * cu + xy * su - dx + u_rate * (-(1.0 - b * ey * ey) * su + b * ex * ey * cu);
    let vy = -xx * su + xy * cu - dy + u_rate * ((1.0 - b * ex * ex) * cu - b * ex * ey * su);
    ([a * x, a * y], [a * vx + a_rate * x, a * vy + a_rate * y])
}

/// Kepler's equation in circular variables, by Halley's method: u - ex sin u + ey cos u = latitude.
fn eccentric_latitude(latitude: f64, ex: f64, ey: f64) -> f64 {
    if ex * ex + ey * ey >= 1.0 {
        return latitude;
    }
    let mut u = latitude + ex * latitude.sin() - ey * latitude.cos();
    for _ in 0..50 {
        let (cu, su) = (u.cos(), u.sin());
        let f = u - ex * su + ey * cu - latitude;
        let f1 = 1.0 - ex * cu - ey * su;
        let f2 = ex * su - ey * cu;
        let step = f * f1 / (f1 * f1 - 0.5 * f * f2);
        u -= step;
        if step.abs() <= 1e-15 * (1.0 + u.abs()) {
            break;
        }
    }
    u
}

/// The angle in [0, 2 pi[.
fn positive_angle(angle: f64) -> f64 {
    let rest = angle % TAU;
    let rest = if rest < 0.0 { rest + TAU } else { rest };
    // A tiny negative angle rounds to a whole turn.
    if rest >= TAU { 0.0 } else { rest }
}
