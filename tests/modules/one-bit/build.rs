//! Generates the traits of the routines that this module answers.

use cmp_bridge_codegen::Module;
use std::error::Error;
use std::path::Path;

fn main() -> Result<(), Box<dyn Error>> {
    let contracts = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../contracts");
    let out = std::env::var("OUT_DIR")?;
    let components: [(&str, &[&str]); 2] = [
        ("flight_dynamics", &["ehposv", "inicst", "jjcal", "horner", "moyajt", "moyval"]),
        (
            "telemetry",
            &[
                "tm_crc16",
                "tm_coder_trame",
                "tm_cds_jj50",
                "tm_decoder_entete",
                "tm_jj50_calendaire",
                "tm_interpoler",
                "tm_bilan_mesures",
                "tm_modifier_limites",
            ],
        ),
    ];
    for (component, routines) in components {
        let contract = contracts.join(format!("{component}.toml"));
        Module::new(contract).routines(routines.iter().copied()).generate(&out)?.tell_cargo();
    }
    Ok(())
}
