//! Planning (C++) through cxx: classes with virtual functions, std::string, exceptions as errors.

#[cxx::bridge(namespace = "cmp_bridge")]
mod bridge {
    // SAFETY: cxx has the C++ compiler check every signature against `classes.hpp`.
    unsafe extern "C++" {
        include!("classes.hpp");

        /// A ground station.
        type Station;

        /// Angles in degrees, altitude in metres. An error for coordinates that are none.
        fn station(
            name: &str,
            latitude: f64,
            longitude: f64,
            altitude: f64,
            lowest: f64,
        ) -> Result<UniquePtr<Station>>;
        /// The station's name.
        fn station_name(station: &Station) -> &CxxString;
        /// Elevation in degrees of a satellite at an Earth-fixed position in metres. An error on the ground.
        fn elevation(station: &Station, x: f64, y: f64, z: f64) -> Result<f64>;
    }
}

pub use bridge::{Station, elevation, station, station_name};
