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

pub use bridge::Station;

use crate::support::Serial;
use cxx::{CxxString, Exception, UniquePtr};

// Every routine of the component is for one thread at a time, and so are its classes.

/// A ground station: angles in degrees, altitude in metres. An error for coordinates that are none.
pub fn station(
    _serial: &Serial,
    name: &str,
    latitude: f64,
    longitude: f64,
    altitude: f64,
    lowest: f64,
) -> Result<UniquePtr<Station>, Exception> {
    bridge::station(name, latitude, longitude, altitude, lowest)
}

/// The station's name.
pub fn station_name<'s>(_serial: &Serial, station: &'s Station) -> &'s CxxString {
    bridge::station_name(station)
}

/// Elevation in degrees of a satellite at an Earth-fixed position in metres. An error on the ground.
pub fn elevation(_serial: &Serial, station: &Station, x: f64, y: f64, z: f64) -> Result<f64, Exception> {
    bridge::elevation(station, x, y, z)
}
