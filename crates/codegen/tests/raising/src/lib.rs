//! Generated code under test, and rewrites that fail.
#![deny(warnings)]

pub mod raising_cpp {
    //! C++ routines.
    include!(concat!(env!("OUT_DIR"), "/raising_cpp.rs"));
}

pub mod raising_ada {
    //! Ada subprograms.
    include!(concat!(env!("OUT_DIR"), "/raising_ada.rs"));
}

pub mod rewrite {
    //! What C++ and Ada call.
    #![forbid(unsafe_code)]

    use crate::raising_ada::{self, Transmettre};
    use crate::raising_cpp::{self, Gater, Point, Relayer};
    use cmp_bridge::support::{Done, Exception, Failure};
    use std::sync::atomic::{AtomicUsize, Ordering};

    /// Fails in every way.
    pub struct Rewrite;

    /// How often a rewrite's own values were dropped.
    pub static DROPPED: AtomicUsize = AtomicUsize::new(0);

    /// Dropped before an exception leaves the rewrite.
    struct Owned(Vec<u8>);

    impl Drop for Owned {
        fn drop(&mut self) {
            DROPPED.fetch_add(self.0.len() / 64, Ordering::Relaxed);
        }
    }

    impl Relayer for Rewrite {
        fn relayer(kind: i32) -> Result<i32, Exception> {
            let _owned = Owned(vec![1; 64]);
            match kind {
                100 => Err(Exception::cpp("std::out_of_range", "de Rust")),
                101 => Err(Exception::cpp("plan::Conflit", "avec un passage")),
                102 => Err(Exception::ada("constraint_error", "d'Ada")),
                103 => panic!("no answer"),
                104 => Err(Exception::cpp("std::logic_error", "fin pr\u{e9}matur\u{e9}e")),
                kind => Ok(raising_cpp::Control::lancer(kind)? + 1),
            }
        }
    }

    impl Gater for Rewrite {
        fn gater(p: &mut Point, kind: i32) -> Result<Result<Done, Failure>, Exception> {
            p.x = 77.0;
            match kind {
                100 => panic!("half written"),
                200 => Ok(Err(Failure(-7))),
                kind => raising_cpp::Control::deplacer(p, kind).map(|()| Ok(Done::Ok)),
            }
        }
    }

    impl Transmettre for Rewrite {
        fn transmettre(kind: i32) -> Result<i32, Exception> {
            let _owned = Owned(vec![2; 64]);
            match kind {
                100 => Err(Exception::ada("raising.hors_limites", "de Rust")),
                101 => Err(Exception::ada("constraint_error", "de Rust")),
                102 => Err(Exception::ada("nulle_part.inconnue", "de Rust")),
                103 => Err(Exception::cpp("std::out_of_range", "de C++")),
                104 => panic!("no answer"),
                kind => Ok(raising_ada::Control::lever(kind)? + 1),
            }
        }
    }
}

cmp_bridge::module! {
    raising_cpp { rewrite::Rewrite: relayer, gater }
    raising_ada { rewrite::Rewrite: transmettre }
}
