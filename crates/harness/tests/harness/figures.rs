//! Published figures, asked of the routines through the harness. Sources: `tests/reference_figures.rs`.

// The published figures keep the digits they are printed with.
#![allow(clippy::excessive_precision)]

use crate::cmp::{cmp_day, near, of, start};
use std::f64::consts::PI;

const MU: f64 = 3.986004415e14;
const DEGREE: f64 = PI / 180.0;

#[test]
fn cnes_julian_days() {
    let cmp = cmp_day();
    for ((year, month, day), expected) in
        [((2004, 4, 6), 19819), ((2004, 6, 1), 19875), ((2010, 1, 1), 21915), ((1950, 1, 1), 0)]
    {
        let outcome = cmp.call("caljj").arg("ian", year).arg("mois", month).arg("jour", day).run();
        assert_eq!((outcome.i64("jj50"), outcome.i64("ier")), (expected, 0));
    }
    // What does not exist is refused, and the output is left as it was.
    let february = cmp.call("caljj").arg("ian", 2003).arg("mois", 2).arg("jour", 29).arg("jj50", -77).run();
    assert_eq!((february.i64("ier"), february.i64("jj50")), (-3, -77));
}

#[test]
fn dates_as_text() {
    let cmp = cmp_day();
    let read = cmp.call("lecdat").arg("chdate", "2004-04-06T07:51:28.386009").run();
    assert_eq!(read.i64("jj50"), 19819);
    near(&[read.f64("sec")], &[28_288.386_009], 1e-9);
    let written = cmp.call("ecrdat").arg("jj50", 19819).arg("sec", read.f64("sec"));
    let written = written.arg("chdate", cmp_bridge_harness::room("[char; 23]")).run();
    assert_eq!(written.text("chdate"), "2004-04-06 07:51:28.386");
}

/// MSLIB 6.2 `mv_cir_car` and `mv_kep_car`, as printed in Orekit's tests; in the program and in the shared library.
#[test]
fn conversions_of_the_mslib() {
    for cmp in [cmp_day(), start(of("shared", "libcmp_fd.so"))] {
        let circular = [7.0e6, 0.01, -0.02, 1.2, 2.1, 0.7];
        let outcome = cmp.call("circar").arg("xmu", MU).arg("elt", circular).run();
        assert_eq!(outcome.i64("ier"), 0);
        let pos = [-4_106_905.105_389_204_8, 3_603_162.539_798_960_6, 4_439_730.167_038_885_9];
        near(&outcome.f64s("pos"), &pos, 1e-7);
        let vit = [740.132_407_342_422_99, -5_308.773_280_141_396_8, 5_250.338_353_483_879_5];
        near(&outcome.f64s("vit"), &vit, 1e-9);

        let keplerian = [7.0e6, 0.01, 80.0 * DEGREE, 80.0 * DEGREE, 20.0 * DEGREE, 40.0 * DEGREE];
        let outcome = cmp.call("kepcar").arg("xmu", MU).arg("elt", keplerian).run();
        let pos = [-3_691_555.569_874_833_3, -240_330.253_992_714_86, 5_879_700.285_850_423_4];
        near(&outcome.f64s("pos"), &pos, 1e-7);
    }
}

/// MSLIB `mr_J2000_veis`, as printed in Orekit's `VEISFrameTest`.
#[test]
fn veis_frame() {
    let cmp = cmp_day();
    let outcome = cmp
        .call("j2veis")
        .arg("jj50", 19819)
        .arg("sec", 28_288.386_009)
        .arg("dtai", 32.0)
        .arg("dtu1", 0.0)
        .arg("posj", [5_102_509.6, 6_123_011.52, 6_378_136.3])
        .arg("vitj", [-4_743.219_6, 790.536_6, 5_533.756_19])
        .run();
    let pos = [5_168_161.598_052_379_7, 6_065_377.671_113_815_2, 6_380_344.532_757_869_0];
    near(&outcome.f64s("posv"), &pos, 1e-5);
    let vit = [-4_736.246_464_866_7, 843.352_599_850_1, 5_531.931_275_039_5];
    near(&outcome.f64s("vitv"), &vit, 8e-5);
}

#[test]
fn crc_16() {
    let cmp = cmp_day();
    for (bytes, expected) in [(&b"123456789"[..], 0x29b1), (&[0, 0], 0x1d0f), (&[0, 0, 0], 0xcc9c)] {
        let outcome = cmp.call("tm_crc16").arg("buf", bytes).run();
        assert_eq!(outcome.i64("return"), expected);
    }
}

/// The wrong twin of every figure: the last digit that is published, moved.
#[test]
#[should_panic(expected = "is not within")]
fn a_wrong_figure_is_seen() {
    let outcome =
        cmp_day().call("circar").arg("xmu", MU).arg("elt", [7.0e6, 0.01, -0.02, 1.2, 2.1, 0.7]).run();
    near(&outcome.f64s("pos")[..1], &[-4_106_905.105_390], 1e-7);
}
