//! Shadow in a relinked program: the legacy code answers, the rewrite is given a copy of the call and compared.
#![forbid(unsafe_code)]

use crate::flight_dynamics::{Control as LegacyOrbits, Ehbul, Ehposv, Ehsec, Ehser};
use crate::rewrite::{Frames, Orbits};
use crate::telemetry::{Control as LegacyFrames, TmCds, TmCdsJj50, TmCoderTrame, TmDate, TmEntete};
use cmp_bridge::support::{Done, Failure, Serial};
use std::cell::RefCell;
use std::collections::BTreeMap;

/// The legacy answer, and a tally of how often the rewrite's is another.
pub struct Shadow;

/// Calls and differences by routine. Told when the thread ends, which for the first thread is the end of the program.
struct Tally(BTreeMap<&'static str, (u64, u64)>);

thread_local! {
    static TALLY: RefCell<Tally> = const { RefCell::new(Tally(BTreeMap::new())) };
}

impl Drop for Tally {
    fn drop(&mut self) {
        for (routine, (calls, differ)) in &self.0 {
            eprintln!("shadow: {routine}: {calls} calls, {differ} differ");
        }
    }
}

fn compared(routine: &'static str, same: bool) {
    TALLY.with_borrow_mut(|tally| {
        let (calls, differ) = tally.0.entry(routine).or_default();
        *calls += 1;
        *differ += u64::from(!same);
    });
}

impl Ehposv for Shadow {
    fn ehposv(
        dt: f64,
        pos: &mut [f64; 3],
        vit: &mut [f64; 3],
        bulletin: &Ehbul,
        secular: &Ehsec,
        series: &Ehser,
    ) -> Result<Done, Failure> {
        let (mut position, mut velocity) = (*pos, *vit);
        let candidate = Orbits::ehposv(dt, &mut position, &mut velocity, bulletin, secular, series);
        let control =
            LegacyOrbits::ehposv(&Serial::lock(), dt, bulletin, secular, series).map(|(outputs, done)| {
                (*pos, *vit) = (outputs.pos, outputs.vit);
                done
            });
        compared("ehposv", (control, &*pos, &*vit) == (candidate, &position, &velocity));
        control
    }
}

impl TmCoderTrame for Shadow {
    fn tm_coder_trame(entete: &TmEntete, donnees: &[u8], trame: &mut [u8]) -> Result<Done, Failure> {
        let mut frame = trame.to_vec();
        let candidate = Frames::tm_coder_trame(entete, donnees, &mut frame);
        let control = LegacyFrames::tm_coder_trame(&Serial::lock(), entete, donnees, trame);
        compared("tm_coder_trame", (control, &*trame) == (candidate, &frame[..]));
        control
    }
}

impl TmCdsJj50 for Shadow {
    fn tm_cds_jj50(cds: TmCds) -> TmDate {
        let (control, candidate) =
            (LegacyFrames::tm_cds_jj50(&Serial::lock(), cds), Frames::tm_cds_jj50(cds));
        compared("tm_cds_jj50", control == candidate);
        control
    }
}
