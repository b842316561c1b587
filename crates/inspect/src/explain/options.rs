//! What the options of the compiler mean for whoever replaces a routine.

use super::codes::{HazardCode, HazardFinding};

/// An option, or its beginning if it ends in `*`; what it means.
const OPTIONS: &[(&str, HazardCode, &str)] = &[
    ("-Ofast", HazardCode::RelaxedFloat, "reorders and approximates floating-point arithmetic"),
    ("-ffast-math", HazardCode::RelaxedFloat, "reorders and approximates floating-point arithmetic"),
    ("-funsafe-math-optimizations", HazardCode::RelaxedFloat, "reorders floating-point arithmetic"),
    ("-fassociative-math", HazardCode::RelaxedFloat, "reorders floating-point arithmetic"),
    ("-freciprocal-math", HazardCode::RelaxedFloat, "divides by multiplying with the reciprocal"),
    ("-ffinite-math-only", HazardCode::RelaxedFloat, "assumes that NaN and infinity do not occur"),
    ("-fno-signed-zeros", HazardCode::RelaxedFloat, "does not keep the sign of zero"),
    ("-fcx-limited-range", HazardCode::RelaxedFloat, "divides complex numbers without scaling"),
    ("-fcx-fortran-rules", HazardCode::RelaxedFloat, "divides complex numbers by the rules of Fortran"),
    ("-fsingle-precision-constant", HazardCode::RelaxedFloat, "reads constants in single precision"),
    ("-mfpmath=387", HazardCode::X87, "computes on the x87, with 64 bits of mantissa between roundings"),
    ("-mfpmath=sse,387", HazardCode::X87, "computes on SSE and x87, whichever is free"),
    ("-mfpmath=both", HazardCode::X87, "computes on SSE and x87, whichever is free"),
    ("-mno-sse*", HazardCode::X87, "computes on the x87, with 64 bits of mantissa between roundings"),
    ("-mlong-double-64", HazardCode::AbiOptions, "makes long double the same as double"),
    ("-mlong-double-128", HazardCode::AbiOptions, "makes long double a 128-bit number"),
    ("-ffpe-trap*", HazardCode::Traps, "lets invalid operations and overflows end in a signal"),
    ("-ftrapv", HazardCode::Traps, "aborts when integers overflow"),
    (
        "-ff2c",
        HazardCode::AbiOptions,
        "returns REAL as double and COMPLEX through a hidden argument, as f2c does",
    ),
    ("-fdefault-real-8", HazardCode::AbiOptions, "makes REAL eight bytes"),
    ("-fdefault-real-10", HazardCode::AbiOptions, "makes REAL ten bytes"),
    ("-fdefault-double-8", HazardCode::AbiOptions, "keeps DOUBLE PRECISION at eight bytes"),
    ("-fdefault-integer-8", HazardCode::AbiOptions, "makes INTEGER and LOGICAL eight bytes"),
    ("-freal-4-real-8", HazardCode::AbiOptions, "makes REAL*4 eight bytes"),
    ("-fno-underscoring", HazardCode::AbiOptions, "leaves the underscore off the symbols of Fortran"),
    ("-fsecond-underscore", HazardCode::AbiOptions, "puts two underscores on the symbols of Fortran"),
    (
        "-frecursive",
        HazardCode::AbiOptions,
        "puts local arrays of Fortran on the stack instead of keeping them",
    ),
    (
        "-fno-automatic",
        HazardCode::AbiOptions,
        "keeps every local variable of Fortran from call to call (SAVE)",
    ),
    ("-finit-*", HazardCode::AbiOptions, "gives local variables a first value"),
    ("-fshort-enums", HazardCode::AbiOptions, "gives enumerations the smallest size"),
    ("-fpack-struct*", HazardCode::AbiOptions, "leaves no padding in records"),
    ("-fpcc-struct-return", HazardCode::AbiOptions, "returns every record through memory"),
    ("-freg-struct-return", HazardCode::AbiOptions, "returns small records in registers"),
    ("-funsigned-char", HazardCode::AbiOptions, "makes char unsigned"),
    ("-mabi=ms", HazardCode::Convention, "passes arguments as Microsoft does, in rcx, rdx, r8, r9"),
    ("-ffixed-r*", HazardCode::Convention, "keeps a register from the compiler"),
    ("-fcall-used-*", HazardCode::Convention, "lets calls overwrite a register that others keep"),
    ("-fcall-saved-*", HazardCode::Convention, "keeps a register across calls that others overwrite"),
    ("-mx32", HazardCode::Convention, "has 32-bit addresses"),
    ("-fsplit-stack", HazardCode::Convention, "checks at each entry whether the stack must grow"),
    ("-finstrument-functions*", HazardCode::Instrumented, "calls a routine at each entry and exit"),
    ("-pg", HazardCode::Instrumented, "calls mcount at each entry"),
    ("-mfentry", HazardCode::Instrumented, "calls __fentry__ at each entry"),
    ("-fpatchable-function-entry*", HazardCode::Instrumented, "leaves room at each entry"),
    ("-fsanitize*", HazardCode::Instrumented, "checks memory or arithmetic at run time"),
    ("-fltrans", HazardCode::LinkTime, "was made by the link-time optimizer, across units"),
    ("-flto*", HazardCode::LinkTime, "lets the linker inline and specialise across units"),
];

/// What the options in `producer` mean. Of each code one finding, which names every option.
pub(super) fn findings(producer: &str, recorded: &str) -> Vec<HazardFinding> {
    let mut found: Vec<HazardFinding> = Vec::new();
    let mut note = |words: &str, whence: &str| {
        for word in words.split_whitespace() {
            let is = |option: &&(&str, HazardCode, &str)| match option.0.strip_suffix('*') {
                Some(begin) => word.starts_with(begin),
                None => word == option.0,
            };
            let Some((_, code, meaning)) = OPTIONS.iter().find(is) else { continue };
            let place = format!("{word} ({whence}): {meaning}");
            match found.iter_mut().find(|f| f.code == code.text()) {
                Some(finding) if finding.places.iter().any(|p| p.starts_with(&format!("{word} "))) => {}
                Some(finding) => {
                    finding.places.push(place);
                    finding.count += 1;
                }
                None => found.push(HazardFinding::new(*code, advice(*code), vec![place])),
            }
        }
    };
    note(producer, "its unit");
    note(recorded, "somewhere in this image");
    found
}

/// What to do about options of a kind.
pub(super) fn advice(code: HazardCode) -> &'static str {
    match code {
        HazardCode::RelaxedFloat => {
            "rustc does not reorder arithmetic: the last digits of a rewrite will differ; declare tolerances"
        }
        HazardCode::X87 => {
            "rustc computes in 64 bits: the last digits of a rewrite will differ; declare tolerances"
        }
        HazardCode::Traps => {
            "a rewrite that overflows quietly where the legacy routine is stopped behaves differently"
        }
        HazardCode::AbiOptions => {
            "the scanned contract has what the options made of it; a header may say otherwise"
        }
        HazardCode::Convention => "a hook that passes arguments the usual way would pass the wrong ones",
        HazardCode::Instrumented => {
            "the first thing it does is not its own work, and is done for a rewrite as well"
        }
        HazardCode::LinkTime => "callers in other source files may hold copies of it",
        _ => "",
    }
}

/// The options that -frecord-gcc-switches leaves behind: words between zero bytes.
pub(super) fn recorded(section: &[u8]) -> String {
    let text = String::from_utf8_lossy(section);
    text.split('\0').filter(|word| word.starts_with('-') || word.contains(" -")).collect::<Vec<_>>().join(" ")
}

/// The options of GCC in the producer's text that give fused multiply-add: it uses it unasked.
pub(super) fn may_fuse(producer: &str) -> Option<&str> {
    const FUSED: &[&str] = &[
        "-mfma",
        "-mfma4",
        "-march=native",
        "-march=haswell",
        "-march=broadwell",
        "-march=skylake",
        "-march=cannonlake",
        "-march=cascadelake",
        "-march=cooperlake",
        "-march=icelake",
        "-march=tigerlake",
        "-march=rocketlake",
        "-march=alderlake",
        "-march=sapphirerapids",
        "-march=znver",
        "-march=bdver",
        "-march=core-avx2",
        "-march=x86-64-v3",
        "-march=x86-64-v4",
        "-mavx512f",
    ];
    if producer.split_whitespace().any(|word| word == "-ffp-contract=off") {
        return None;
    }
    producer.split_whitespace().find(|word| FUSED.iter().any(|option| word.starts_with(option)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_found_and_their_twins_are_not() {
        let codes = |producer: &str| -> Vec<&str> { findings(producer, "").iter().map(|f| f.code).collect() };
        assert_eq!(codes("GNU C17 12.2.0 -mtune=generic -march=x86-64 -g -O2 -fPIE"), [""; 0]);
        assert_eq!(codes("GNU C17 12.2.0 -Ofast -ffast-math"), ["H330"]);
        assert_eq!(codes("GNU Fortran2008 12.2.0 -ff2c -ffpe-trap=invalid,zero"), ["H334", "H333"]);
        assert_eq!(codes("GNU C17 12.2.0 -mfpmath=387 -pg"), ["H332", "H335"]);
        assert_eq!(codes("GNU C17 12.2.0 -mfpmath=sse -fno-fast-math"), [""; 0]);
        assert_eq!(codes("GNU Fortran2008 12.2.0 -ffixed-form -ffixed-line-length-72"), [""; 0]);
        assert_eq!(codes("GNU C17 12.2.0 -ffixed-r12"), ["H328"]);
        assert_eq!(findings("", &recorded(b"-g\0-O2\0-mabi=ms\0"))[0].code, "H328");
        assert_eq!(may_fuse("GNU C17 -mfma"), Some("-mfma"));
        assert_eq!(may_fuse("GNU C17 -march=znver3 -O2"), Some("-march=znver3"));
        assert_eq!(may_fuse("GNU C17 -march=x86-64"), None);
        assert_eq!(may_fuse("GNU C17 -mfma -ffp-contract=off"), None);
    }
}
