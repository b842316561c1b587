//! The coefficients of the theory for one mean orbit. Where the legacy code's order of operations decides the last bit, it
//! is kept.
#![forbid(unsafe_code)]

use crate::Propagation;
use crate::flight_dynamics::{Cst, Ehbul, Ehinit, Ehsec, Ehser};
use cmp_bridge::support::{Done, Failure};

/// `C(n) (ae/a)^n` for n = 2 to 6.
struct Potential {
    g2: f64,
    g3: f64,
    g4: f64,
    g5: f64,
    g6: f64,
}

/// Rates over the mean motion: of the node, of the perigee (J2 alone, and the rest), of the argument of latitude.
struct Rates {
    node: f64,
    perigee: f64,
    perigee_rest: f64,
    latitude: f64,
}

/// Of one element: six coefficients for each harmonic from 0 to 6.
type Series = [[f64; 6]; 7];

impl Ehinit for Propagation {
    /// Makes the mean orbit `eltm` at the date the one that is propagated.
    fn ehinit(
        jj50: i32,
        sec: f64,
        eltm: &[f64; 6],
        cst: &Cst,
        ehbul: &mut Ehbul,
        ehsec: &mut Ehsec,
        ehser: &mut Ehser,
    ) -> Result<Done, Failure> {
        let done = valid(eltm, cst)?;
        let [a, ex, ey, inclination, node, latitude] = *eltm;
        (ehbul.am, ehbul.exm, ehbul.eym) = (a, ex, ey);
        (ehbul.xim, ehbul.gomm, ehbul.psom) = (inclination, node, latitude);
        (ehbul.secm, ehbul.jjm) = (sec, jj50);
        coefficients(a, inclination, cst, ehsec, ehser);
        ehbul.inieh = 1;
        Ok(done)
    }
}

/// Whether the theory holds for these elements.
fn valid(eltm: &[f64; 6], cst: &Cst) -> Result<Done, Failure> {
    let [a, ex, ey, inclination, ..] = *eltm;
    let e2 = ex * ex + ey * ey;
    let sine = inclination.sin();
    let s2 = sine * sine;
    if e2 >= 1.0 {
        return Err(Failure(-5));
    }
    if a < cst.ae {
        return Err(Failure(-1));
    }
    if e2 > 0.01 {
        return Err(Failure(-4));
    }
    if s2 < 1e-10 {
        return Err(Failure(-2));
    }
    if (s2 - 0.8).abs() < 1e-3 {
        return Err(Failure(-3));
    }
    Ok(if e2 > 0.005 * 0.005 { Done::Warning(1) } else { Done::Ok })
}

fn coefficients(a: f64, inclination: f64, cst: &Cst, ehsec: &mut Ehsec, ehser: &mut Ehser) {
    ehser.coef = [[[0.0; 6]; 7]; 6];
    let g = &potential(a, cst);
    let rates = secular(g, inclination);
    let s1 = inclination.sin();
    let s2 = s1 * s1;
    let s4 = s2 * s2;
    let first = rates.perigee;
    // The eccentricity vector moves on an ellipse around (0, eps2).
    let q = 3.0 / (32.0 * first);
    ehsec.eps1 = q * g.g4 * s2 * (30.0 - 35.0 * s2) - 175.0 * q * g.g6 * s2 * (1.0 - 3.0 * s2 + 2.0625 * s4);
    let q = 0.375 * s1 / first;
    ehsec.eps2 = q * g.g3 * (4.0 - 5.0 * s2) - q * g.g5 * (10.0 - 35.0 * s2 + 26.25 * s4);
    let qq = -1.5 * g.g2 / (1.0 - 1.5 * g.g2 * (3.0 - 4.0 * s2));
    let [axis, ex, ey, tilt, node, latitude] = &mut ehser.coef;
    axis_series(g, s1, qq, axis);
    eccentricity_series(s2, qq, ex, ey);
    tilt_series(g, inclination, qq, 0.375 / first, ehsec.eps2, tilt);
    node_series(g, inclination, qq, 0.375 / first / s1, node);
    latitude_series(g, inclination, qq, 0.375 / first / s1, latitude);
    ehsec.xn = (cst.xmu / a).sqrt() / a;
    (ehsec.dg, ehsec.dl) = (rates.node, rates.latitude);
    ehsec.dp = first + rates.perigee_rest;
}

fn potential(a: f64, cst: &Cst) -> Potential {
    let q = cst.ae / a;
    let [c2, c3, c4, c5, c6] = cst.cn0;
    let q2 = q * q;
    let q4 = q2 * q2;
    Potential { g2: c2 * q2, g3: c3 * (q * q2), g4: c4 * q4, g5: c5 * (q * q4), g6: c6 * (q2 * q4) }
}

fn secular(g: &Potential, inclination: f64) -> Rates {
    let s1 = inclination.sin();
    let s2 = s1 * s1;
    let s4 = s2 * s2;
    let s6 = s4 * s2;
    let g22 = g.g2 * g.g2;
    Rates {
        perigee: -0.75 * g.g2 * (4.0 - 5.0 * s2),
        perigee_rest: 7.5 * g.g4 * (1.0 - 31.0 / 8.0 * s2 + 49.0 / 16.0 * s4)
            - 13.125 * g.g6 * (1.0 - 8.0 * s2 + 129.0 / 8.0 * s4 - 297.0 / 32.0 * s6),
        node: inclination.cos()
            * (1.5 * g.g2 - 2.25 * g22 * (2.5 - 19.0 / 6.0 * s2)
                + 0.9375 * g.g4 * (7.0 * s2 - 4.0)
                + 3.28125 * g.g6 * (2.0 - 9.0 * s2 + 8.25 * s4)),
        latitude: 1.0 - 1.5 * g.g2 * (3.0 - 4.0 * s2)
            + 2.25 * g22 * (9.0 - 263.0 / 12.0 * s2 + 341.0 / 24.0 * s4)
            + 0.9375 * g.g4 * (8.0 - 31.0 * s2 + 24.5 * s4)
            + 3.28125 * g.g6 * (-10.0 / 3.0 + 25.0 * s2 - 48.75 * s4 + 27.5 * s6),
    }
}

/// Of the semi-major axis, relative.
fn axis_series(g: &Potential, s1: f64, qq: f64, c: &mut Series) {
    let s2 = s1 * s1;
    let s4 = s2 * s2;
    let qa = 0.75 * (g.g2 * g.g2) * s2;
    let qb = 0.25 * g.g4 * s2;
    let qc = 6.5625 * g.g6 * s2;
    let qd = -0.75 * g.g3 * s1;
    let qe = 3.75 * g.g5 * s1;
    c[1][2] = qq * (2.0 - 3.5 * s2);
    c[1][5] = qq * (2.0 - 2.5 * s2);
    c[1][1] = qd * (4.0 - 5.0 * s2) + qe * (2.625 * s4 - 3.5 * s2 + 1.0);
    c[2][0] =
        qq * s2 + qa * 7.0 * (2.0 - 3.0 * s2) + qb * (15.0 - 17.5 * s2) + qc * (3.0 * s2 - 1.0 - 2.0625 * s4);
    c[3][2] = 3.5 * qq * s2;
    c[3][5] = c[3][2];
    c[3][1] = qd * 5.0 / 3.0 * s2 + qe * 7.0 / 6.0 * s2 * (1.0 - 1.125 * s2);
    c[4][0] = qa * s2 + 4.375 * qb * s2 + 0.75 * qc * (1.1 * s4 - s2);
    c[5][1] = qe * 21.0 / 80.0 * s4;
    c[6][0] = -qc * 11.0 / 80.0 * s4;
}

/// Of the eccentricity vector.
fn eccentricity_series(s2: f64, qq: f64, x: &mut Series, y: &mut Series) {
    x[1][0] = qq * (1.0 - 1.25 * s2);
    x[2][2] = qq * (1.5 - 2.5 * s2);
    x[2][5] = qq * (2.0 - 1.5 * s2);
    x[3][0] = qq * 7.0 / 12.0 * s2;
    x[4][2] = qq * 17.0 / 8.0 * s2;
    x[4][5] = x[4][2];
    y[1][1] = qq * (1.0 - 1.75 * s2);
    y[2][3] = qq * (1.0 - 3.0 * s2);
    y[2][4] = qq * (2.0 * s2 - 1.5);
    y[3][1] = x[3][0];
    y[4][3] = x[4][2];
    y[4][4] = -x[4][2];
}

/// Of the inclination.
fn tilt_series(g: &Potential, inclination: f64, qq: f64, factor: f64, eps2: f64, c: &mut Series) {
    let (s1, c1) = (inclination.sin(), inclination.cos());
    let s2 = s1 * s1;
    let s4 = s2 * s2;
    let q = 0.5 * qq * s1 * c1;
    c[1][5] = q;
    c[1][2] = -q;
    c[2][0] = q;
    c[3][2] = q * 7.0 / 3.0;
    c[3][5] = c[3][2];
    let odd = c1 * (2.5 * g.g5 * (4.0 - 14.0 * s2 + 10.5 * s4) - g.g3 * (4.0 - 5.0 * s2));
    c[0][4] = factor * odd;
    c[0][0] = -factor * odd * eps2;
}

/// Of the node.
fn node_series(g: &Potential, inclination: f64, qq: f64, factor: f64, c: &mut Series) {
    let (s1, c1) = (inclination.sin(), inclination.cos());
    let s2 = s1 * s1;
    let s4 = s2 * s2;
    let q = -qq * c1;
    c[1][3] = 3.5 * q;
    c[1][4] = -2.5 * q;
    c[2][1] = -0.5 * q;
    c[3][4] = 7.0 / 6.0 * q;
    c[3][3] = -c[3][4];
    c[0][2] = factor * c1 * (g.g3 * (4.0 - 15.0 * s2) - 2.5 * g.g5 * (4.0 - 42.0 * s2 + 52.5 * s4));
}

/// Of the argument of latitude.
fn latitude_series(g: &Potential, inclination: f64, qq: f64, factor: f64, c: &mut Series) {
    let s1 = inclination.sin();
    let s2 = s1 * s1;
    let s4 = s2 * s2;
    let s6 = s4 * s2;
    c[1][3] = qq * (7.0 - 77.0 / 8.0 * s2);
    c[1][4] = qq * (55.0 / 8.0 * s2 - 7.5);
    c[2][1] = qq * (1.25 * s2 - 0.5);
    c[3][3] = qq * (77.0 / 24.0 * s2 - 7.0 / 6.0);
    c[3][4] = -c[3][3];
    c[0][2] = factor
        * (g.g3 * (53.0 * s2 - 4.0 - 57.5 * s4) + 2.5 * g.g5 * (4.0 - 96.0 * s2 + 269.5 * s4 - 183.75 * s6));
}
