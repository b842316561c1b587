//! The machines an artifact may have to run on, and what their base systems offer.

/// A machine to run on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct System {
    /// Its name on the command line.
    pub name: &'static str,
    /// Its name for people.
    pub title: &'static str,
    /// Highest version of each series of symbol versions, as its base packages define them.
    pub highest: &'static [(&'static str, &'static str)],
    /// Its kernel.
    kernel: (u32, u32, u32),
    /// Lowest x86-64 level of its processors.
    pub cpu_level: u8,
    /// The run-time library of Fortran that its base packages have.
    fortran: &'static str,
}

/// gcc 4.8.5, glibc 2.17, Linux 3.10.
pub const RHEL7: System = System {
    name: "rhel7",
    title: "RHEL 7 (glibc 2.17)",
    highest: &[
        ("GLIBC", "2.17"),
        ("GLIBCXX", "3.4.19"),
        ("CXXABI", "1.3.7"),
        ("GCC", "4.8.0"),
        ("GFORTRAN", "1.4"),
        ("QUADMATH", "1.0"),
    ],
    kernel: (3, 10, 0),
    cpu_level: 1,
    fortran: "libgfortran.so.3",
};

/// gcc 8.5, glibc 2.28, Linux 4.18.
pub const RHEL8: System = System {
    name: "rhel8",
    title: "RHEL 8 (glibc 2.28)",
    highest: &[
        ("GLIBC", "2.28"),
        ("GLIBCXX", "3.4.25"),
        ("CXXABI", "1.3.11"),
        ("GCC", "7.0.0"),
        ("GFORTRAN", "8"),
        ("QUADMATH", "1.2"),
    ],
    kernel: (4, 18, 0),
    cpu_level: 1,
    fortran: "libgfortran.so.5",
};

/// gcc 11, glibc 2.34, Linux 5.14, x86-64-v2.
pub const RHEL9: System = System {
    name: "rhel9",
    title: "RHEL 9 (glibc 2.34)",
    highest: &[
        ("GLIBC", "2.34"),
        ("GLIBCXX", "3.4.29"),
        ("CXXABI", "1.3.13"),
        ("GCC", "7.0.0"),
        ("GFORTRAN", "10.2"),
        ("QUADMATH", "1.2"),
    ],
    kernel: (5, 14, 0),
    cpu_level: 2,
    fortran: "libgfortran.so.5",
};

/// What the base packages of all of them have.
const BASE: [&str; 12] = [
    "ld-linux-x86-64.so.2",
    "libc.so.6",
    "libcrypt.so.1",
    "libdl.so.2",
    "libgcc_s.so.1",
    "libm.so.6",
    "libpthread.so.0",
    "libquadmath.so.0",
    "libresolv.so.2",
    "librt.so.1",
    "libstdc++.so.6",
    "libutil.so.1",
];

/// Whether a system has a library.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Has {
    /// In its base packages.
    Yes,
    /// Another one takes its place.
    Instead(&'static str),
    /// Nothing is known of it.
    Unknown,
}

impl System {
    /// All of them.
    pub const ALL: [System; 3] = [RHEL7, RHEL8, RHEL9];

    /// The system of that name.
    pub fn from_name(name: &str) -> Option<System> {
        Self::ALL.into_iter().find(|system| system.name == name)
    }

    /// Highest version it has of a series such as `GLIBC`.
    pub fn highest(&self, series: &str) -> Option<&'static str> {
        self.highest.iter().find(|(known, _)| *known == series).map(|(_, version)| *version)
    }

    /// Its kernel.
    pub fn kernel(&self) -> (u32, u32, u32) {
        self.kernel
    }

    /// Whether its base packages have a library.
    pub fn has(&self, library: &str) -> Has {
        if BASE.contains(&library) || library == self.fortran {
            return Has::Yes;
        }
        let other = |stem| library.strip_prefix(stem).is_some_and(|rest| rest.starts_with(".so."));
        if other("libgfortran") { Has::Instead(self.fortran) } else { Has::Unknown }
    }
}

/// The numbers of a version such as `2.3.4`; nothing where it is no number, such as `PRIVATE` or `TM_1`.
pub fn numbers(version: &str) -> Option<Vec<u32>> {
    version.split('.').map(|part| part.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::{Has, RHEL7, RHEL9, System, numbers};

    #[test]
    fn versions_are_compared_as_numbers() {
        assert!(numbers("2.4") < numbers("2.17"));
        assert!(numbers("2.2.5") < numbers("2.17"));
        assert_eq!(numbers("PRIVATE"), None);
        assert_eq!(numbers(""), None);
    }

    #[test]
    fn systems_ascend() {
        for pair in System::ALL.windows(2) {
            for (series, version) in pair[0].highest {
                assert!(numbers(version) <= numbers(pair[1].highest(series).expect("the same series")));
            }
        }
        assert_eq!(System::from_name("rhel9"), Some(RHEL9));
        assert_eq!(System::from_name("sles"), None);
        assert_eq!(RHEL7.has("libgfortran.so.5"), Has::Instead("libgfortran.so.3"));
        assert_eq!(RHEL7.has("libm.so.6"), Has::Yes);
        assert_eq!(RHEL7.has("libXm.so.4"), Has::Unknown);
    }
}
