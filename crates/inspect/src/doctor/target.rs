//! The machines an artifact may have to run on, and what they offer.
//!
//! Only what is known stands here: of a library or a version that is not in these tables, `doctor` says that it does not know.

/// A machine to run on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct System {
    /// Its name on the command line.
    pub name: &'static str,
    /// Its name for people.
    pub title: &'static str,
    /// Its C library.
    glibc: &'static str,
    /// Every other library of which something is known.
    libraries: &'static [Library],
    /// What packages of older or newer releases bring, that nobody has without asking: library and package.
    elsewhere: &'static [(&'static str, &'static str)],
    /// Its kernel.
    kernel: (u32, u32, u32),
    /// Lowest x86-64 level of its processors.
    pub cpu_level: u8,
}

/// A library that a system has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Library {
    name: &'static str,
    /// The package that has it, where not every installation does.
    package: Option<&'static str>,
    versions: &'static [(&'static str, Known)],
}

/// What a library has of a series of symbol versions such as `GLIBC`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Known {
    /// All up to this one, and none above.
    UpTo(&'static str),
    /// All up to this one; updates of the system may have brought more.
    AtLeast(&'static str),
    /// The series is one version without a number, and is there.
    Whole,
    /// There is none.
    Missing,
}

use Known::{AtLeast, Missing, UpTo, Whole};

const fn base(name: &'static str, versions: &'static [(&'static str, Known)]) -> Library {
    Library { name, package: None, versions }
}

const fn packaged(
    name: &'static str,
    package: &'static str,
    versions: &'static [(&'static str, Known)],
) -> Library {
    Library { name, package: Some(package), versions }
}

/// gcc 4.8.5, glibc 2.17, Linux 3.10.
pub const RHEL7: System = System {
    name: "rhel7",
    title: "RHEL 7 (glibc 2.17)",
    glibc: "2.17",
    libraries: &[
        base("libcrypt.so.1", &[("GLIBC", UpTo("2.17")), ("XCRYPT", Missing)]),
        base("libgcc_s.so.1", &[("GCC", UpTo("4.8.0"))]),
        base(
            "libstdc++.so.6",
            &[
                ("GLIBCXX", UpTo("3.4.19")),
                ("CXXABI", UpTo("1.3.7")),
                ("CXXABI_TM", UpTo("1")),
                ("CXXABI_FLOAT128", Missing),
            ],
        ),
        packaged(
            "libgfortran.so.3",
            "libgfortran",
            &[("GFORTRAN", UpTo("1.4")), ("GFORTRAN_C99", UpTo("1.1")), ("GFORTRAN_F2C", UpTo("1.0"))],
        ),
        packaged("libquadmath.so.0", "libquadmath", &[("QUADMATH", UpTo("1.0"))]),
        packaged("libgomp.so.1", "libgomp", &[("GOMP", AtLeast("3.0")), ("OMP", AtLeast("3.1"))]),
        packaged("libatomic.so.1", "libatomic", &[("LIBATOMIC", AtLeast("1.0"))]),
        packaged("libgnat-4.8.so", "libgnat", &[]),
        packaged("libgnarl-4.8.so", "libgnat", &[]),
    ],
    elsewhere: &[("libgfortran.so.4", "libgfortran4"), ("libgfortran.so.5", "libgfortran5")],
    kernel: (3, 10, 0),
    cpu_level: 1,
};

/// gcc 8.5, glibc 2.28, Linux 4.18.
pub const RHEL8: System = System {
    name: "rhel8",
    title: "RHEL 8 (glibc 2.28)",
    glibc: "2.28",
    libraries: &[
        base("libcrypt.so.1", &[("GLIBC", UpTo("2.28")), ("XCRYPT", AtLeast("2.0"))]),
        base("libmvec.so.1", &[("GLIBC", UpTo("2.28"))]),
        base("libgcc_s.so.1", &[("GCC", UpTo("7.0.0"))]),
        base(
            "libstdc++.so.6",
            &[
                ("GLIBCXX", UpTo("3.4.25")),
                ("CXXABI", UpTo("1.3.11")),
                ("CXXABI_TM", UpTo("1")),
                ("CXXABI_FLOAT128", Whole),
            ],
        ),
        packaged(
            "libgfortran.so.5",
            "libgfortran",
            &[("GFORTRAN", UpTo("8")), ("GFORTRAN_C99", UpTo("8")), ("GFORTRAN_F2C", UpTo("8"))],
        ),
        packaged("libquadmath.so.0", "libquadmath", &[("QUADMATH", UpTo("1.1"))]),
        packaged("libgomp.so.1", "libgomp", &[("GOMP", AtLeast("4.5")), ("OMP", AtLeast("4.5"))]),
        packaged("libatomic.so.1", "libatomic", &[("LIBATOMIC", UpTo("1.2"))]),
        packaged("libgnat-8.so", "libgnat", &[]),
        packaged("libgnarl-8.so", "libgnat", &[]),
    ],
    elsewhere: &[("libgfortran.so.3", "compat-libgfortran-48")],
    kernel: (4, 18, 0),
    cpu_level: 1,
};

/// gcc 11, glibc 2.34, Linux 5.14, x86-64-v2.
pub const RHEL9: System = System {
    name: "rhel9",
    title: "RHEL 9 (glibc 2.34)",
    glibc: "2.34",
    libraries: &[
        base("libcrypt.so.2", &[("XCRYPT", UpTo("4.4"))]),
        base("libmvec.so.1", &[("GLIBC", UpTo("2.34"))]),
        base("libgcc_s.so.1", &[("GCC", UpTo("7.0.0"))]),
        base(
            "libstdc++.so.6",
            &[
                ("GLIBCXX", UpTo("3.4.29")),
                ("CXXABI", UpTo("1.3.13")),
                ("CXXABI_TM", UpTo("1")),
                ("CXXABI_FLOAT128", Whole),
            ],
        ),
        packaged(
            "libgfortran.so.5",
            "libgfortran",
            &[("GFORTRAN", UpTo("10.2")), ("GFORTRAN_C99", UpTo("8")), ("GFORTRAN_F2C", UpTo("8"))],
        ),
        packaged("libquadmath.so.0", "libquadmath", &[("QUADMATH", UpTo("1.2"))]),
        packaged("libgomp.so.1", "libgomp", &[("GOMP", AtLeast("5.0.1")), ("OMP", AtLeast("5.0.1"))]),
        packaged("libatomic.so.1", "libatomic", &[("LIBATOMIC", UpTo("1.2"))]),
        packaged("libgnat-11.so", "libgnat", &[]),
        packaged("libgnarl-11.so", "libgnat", &[]),
    ],
    elsewhere: &[("libcrypt.so.1", "libxcrypt-compat")],
    kernel: (5, 14, 0),
    cpu_level: 2,
};

/// What the C library of all of them consists of.
const GLIBC: [&str; 9] = [
    "ld-linux-x86-64.so.2",
    "libanl.so.1",
    "libc.so.6",
    "libdl.so.2",
    "libm.so.6",
    "libpthread.so.0",
    "libresolv.so.2",
    "librt.so.1",
    "libutil.so.1",
];

/// Whether a system has a library.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Has {
    /// Always.
    Yes,
    /// In this package, which not every installation has.
    Packaged(&'static str),
    /// Another one takes its place; perhaps a package brings this one back.
    Instead(&'static str, Option<&'static str>),
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

    /// What a library of the system has of a series such as `GLIBC`; nothing where that is not known.
    pub fn known(&self, library: &str, series: &str) -> Option<Known> {
        if GLIBC.contains(&library) {
            return (series == "GLIBC").then_some(UpTo(self.glibc));
        }
        let versions = self.libraries.iter().find(|known| known.name == library)?.versions;
        versions.iter().find(|(known, _)| *known == series).map(|(_, known)| *known)
    }

    /// Its kernel.
    pub fn kernel(&self) -> (u32, u32, u32) {
        self.kernel
    }

    /// Whether it has a library.
    pub fn has(&self, library: &str) -> Has {
        if GLIBC.contains(&library) {
            return Has::Yes;
        }
        if let Some(known) = self.libraries.iter().find(|known| known.name == library) {
            return known.package.map_or(Has::Yes, Has::Packaged);
        }
        let package = self.elsewhere.iter().find(|(name, _)| *name == library).map(|(_, package)| *package);
        let mut names = GLIBC.into_iter().chain(self.libraries.iter().map(|known| known.name));
        let other = names.find(|name| stem(name) == stem(library));
        other.map_or(Has::Unknown, |other| Has::Instead(other, package))
    }
}

/// The name of a library without its version: `libgnat` of `libgnat-12.so`, `libcrypt` of `libcrypt.so.1`.
fn stem(library: &str) -> &str {
    let name = library.split(".so").next().unwrap_or(library);
    match name.rsplit_once('-') {
        Some((stem, version)) if numbers(version).is_some() => stem,
        _ => name,
    }
}

/// Series and number of a symbol version: `GLIBC` and `2.17`, `CXXABI_TM` and `1`; without a number, all is the series.
pub fn series(version: &str) -> (&str, &str) {
    match version.rsplit_once('_') {
        Some((series, number)) if numbers(number).is_some() => (series, number),
        _ => (version, ""),
    }
}

/// The numbers of a version such as `2.3.4`; nothing where it is no number, such as `PRIVATE`.
pub fn numbers(version: &str) -> Option<Vec<u32>> {
    version.split('.').map(|part| part.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::{Has, Known, RHEL7, RHEL8, RHEL9, System, numbers, series, stem};

    #[test]
    fn versions_are_compared_as_numbers() {
        assert!(numbers("2.4") < numbers("2.17"));
        assert!(numbers("2.2.5") < numbers("2.17"));
        assert_eq!(numbers("PRIVATE"), None);
        assert_eq!(numbers(""), None);
        assert_eq!(series("GLIBC_2.2.5"), ("GLIBC", "2.2.5"));
        assert_eq!(series("CXXABI_TM_1"), ("CXXABI_TM", "1"));
        assert_eq!(series("CXXABI_FLOAT128"), ("CXXABI_FLOAT128", ""));
        assert_eq!(series("BASE"), ("BASE", ""));
    }

    #[test]
    fn systems_ascend() {
        let number = |known| match known {
            Known::UpTo(version) | Known::AtLeast(version) => numbers(version),
            Known::Whole => Some(vec![1]),
            Known::Missing => None,
        };
        for pair in System::ALL.windows(2) {
            for library in pair[0].libraries {
                for (series, known) in library.versions {
                    if let Some(newer) = pair[1].known(library.name, series) {
                        assert!(number(*known) <= number(newer), "{} of {}", series, library.name);
                    }
                }
            }
        }
        assert_eq!(System::from_name("rhel9"), Some(RHEL9));
        assert_eq!(System::from_name("sles"), None);
    }

    #[test]
    fn libraries_of_another_version_are_told_from_unknown_ones() {
        assert_eq!(RHEL7.has("libgfortran.so.5"), Has::Instead("libgfortran.so.3", Some("libgfortran5")));
        assert_eq!(RHEL9.has("libgfortran.so.5"), Has::Packaged("libgfortran"));
        assert_eq!(RHEL9.has("libgnat-12.so"), Has::Instead("libgnat-11.so", None));
        assert_eq!(RHEL9.has("libcrypt.so.1"), Has::Instead("libcrypt.so.2", Some("libxcrypt-compat")));
        assert_eq!(RHEL8.has("libcrypt.so.1"), Has::Yes);
        assert_eq!(RHEL7.has("libc.so.7"), Has::Instead("libc.so.6", None));
        assert_eq!(RHEL7.has("libm.so.6"), Has::Yes);
        assert_eq!(RHEL7.has("libXm.so.4"), Has::Unknown);
        assert_eq!(RHEL7.known("libm.so.6", "GLIBC"), Some(Known::UpTo("2.17")));
        assert_eq!(RHEL7.known("libm.so.6", "GLIBCXX"), None);
        assert_eq!(RHEL7.known("libXm.so.4", "GLIBC"), None);
        assert_eq!((stem("libgnat-12.so"), stem("libld-x86.so.2"), stem("a")), ("libgnat", "libld-x86", "a"));
    }
}
