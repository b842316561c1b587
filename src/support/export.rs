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
    ($( $component:ident { $( $rewrite:ty : $( $routine:ident ),+ );+ $(;)? } )+) => {
        /// The module's descriptor, for the agent and the replay worker.
        #[cfg(not(feature = "relink"))]
        #[unsafe(no_mangle)]
        pub extern "C" fn cmp_bridge_module() -> *const $crate::module::Module {
            static CANDIDATES: &[$crate::module::Candidate] =
                &[$($($( $component::$routine::candidate::<$rewrite>(), )+)+)+];
            static WHAT: &str = concat!(
                "@(#)", env!("CARGO_PKG_NAME"), " ", env!("CARGO_PKG_VERSION"), $( " ", $component::what!(), )+ "\0"
            );
            static MODULE: $crate::module::Module = $crate::module::Module {
                abi: $crate::module::MODULE_ABI,
                candidate_count: CANDIDATES.len() as u32,
                candidates: CANDIDATES.as_ptr(),
                what: WHAT.as_ptr().cast(),
                start: $crate::support::silence,
            };
            &MODULE
        }

        $($($( $component::symbol!($routine, $rewrite); )+)+)+
    };
}
