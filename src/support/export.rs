//! The descriptor of a module.

/// Makes the crate a module: descriptor, and the function [`MODULE_SYMBOL`](crate::module::MODULE_SYMBOL) by which
/// the agent finds it. With the feature `relink`, exports the routines under their legacy symbols instead.
///
/// Each group names the Rust module that includes a component's generated code; each line a type that implements the
/// traits, and its routines. A component alone may use its own generated `export!`.
///
/// ```text
/// cmp_bridge::module! {
///     flight_dynamics { Orbits: circar, carcir }
///     telemetry { Frames: tm_crc16 }
/// }
/// ```
#[macro_export]
macro_rules! module {
    (@parts $( $component:ident )+) => {
        &[
            concat!("@(#)", env!("CARGO_PKG_NAME"), " ", env!("CARGO_PKG_VERSION"), $( " ", $component::what!(), )+ " "),
            // Set by the build script: `cmp_bridge_codegen::Revision`.
            match option_env!("CMP_BRIDGE_REVISION") {
                Some(revision) => revision,
                None => "revision not asked for",
            },
            "\0",
        ]
    };
    ($( $component:ident { $( $rewrite:ty : $( $routine:ident ),+ );+ $(;)? } )+) => {
        /// The module's descriptor, for the agent and the replay worker.
        #[cfg(not(feature = "relink"))]
        #[unsafe(no_mangle)]
        pub extern "C" fn cmp_bridge_module() -> *const $crate::module::Module {
            static CANDIDATES: &[$crate::module::Candidate] =
                &[$($($( $component::$routine::candidate::<$rewrite>(), )+)+)+];
            const PARTS: &[&str] = $crate::module!(@parts $( $component )+);
            static WHAT: [u8; $crate::support::joined_length(PARTS)] = $crate::support::joined(PARTS);
            static MODULE: $crate::module::Module = $crate::module::Module {
                abi: $crate::module::MODULE_ABI,
                candidate_count: CANDIDATES.len() as u32,
                candidates: CANDIDATES.as_ptr(),
                what: WHAT.as_ptr().cast(),
                start: $crate::support::silence,
            };
            &MODULE
        }

        /// What the module is, in a program that is linked with it.
        #[cfg(feature = "relink")]
        const _: () = {
            const PARTS: &[&str] = $crate::module!(@parts $( $component )+);
            #[used]
            #[unsafe(export_name = concat!("cmp_bridge_what_", env!("CARGO_PKG_NAME") $(, "_", stringify!($component))+))]
            static WHAT: [u8; $crate::support::joined_length(PARTS)] = $crate::support::joined(PARTS);
        };

        $($($( $component::symbol!($routine, $rewrite); )+)+)+
    };
}

/// Bytes of these texts one after the other.
pub const fn joined_length(parts: &[&str]) -> usize {
    let (mut length, mut at) = (0, 0);
    while at < parts.len() {
        length += parts[at].len();
        at += 1;
    }
    length
}

/// These texts one after the other, at compile time: an identification must stand in one piece in the file.
pub const fn joined<const N: usize>(parts: &[&str]) -> [u8; N] {
    let mut out = [0; N];
    let (mut to, mut at) = (0, 0);
    while at < parts.len() {
        let bytes = parts[at].as_bytes();
        let mut from = 0;
        while from < bytes.len() {
            out[to] = bytes[from];
            (to, from) = (to + 1, from + 1);
        }
        at += 1;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{joined, joined_length};

    #[test]
    fn texts_are_joined_at_compile_time() {
        const PARTS: &[&str] = &["@(#)a ", "", "é", "\0"];
        static WHAT: [u8; joined_length(PARTS)] = joined(PARTS);
        assert_eq!(&WHAT[..], "@(#)a é\0".as_bytes());
    }
}
