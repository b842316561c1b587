//! Generated code under test, and the rewrites that legacy code calls.
#![deny(warnings)]

pub mod carried_ada {
    include!(concat!(env!("OUT_DIR"), "/carried_ada.rs"));
}

pub mod carried_fortran {
    include!(concat!(env!("OUT_DIR"), "/carried_fortran.rs"));
}

pub mod carried_c {
    include!(concat!(env!("OUT_DIR"), "/carried_c.rs"));
}

/// Answers in place of legacy code.
pub mod rewrite {
    #![forbid(unsafe_code)]

    use crate::carried_ada::{MesurerReturn, RustDoubler, RustIndice, RustMesurer, RustRenverser};
    use crate::carried_c::{
        Fonction, RustAppliquer, RustDevise, RustGain, RustOptionnel, RustParcourir, RustTriangle, Visite,
    };
    use crate::carried_fortran::{Loi, RustFDoubler, RustFIntegrer, RustFJour, RustFMoyenne, RustFPeser};
    use cmp_bridge::support::{Array, Done, Failure, Lasting, View, ViewMut};
    use std::ffi::CStr;

    /// All of them.
    pub struct Rewrite;

    impl RustIndice for Rewrite {
        fn rust_indice(v: View<'_, f64>) -> i32 {
            let largest = v.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1));
            (v.first()[0] + largest.map_or(0, |(i, _)| i as i64)) as i32
        }
    }

    impl RustDoubler for Rewrite {
        fn rust_doubler(v: &mut ViewMut<'_, f64>) {
            v.iter_mut().for_each(|x| *x *= 2.0);
        }
    }

    impl RustRenverser for Rewrite {
        fn rust_renverser(s: View<'_, u8>) -> Array<u8> {
            s.iter().rev().copied().collect::<Vec<_>>().into()
        }
    }

    impl RustMesurer for Rewrite {
        fn rust_mesurer(v: View<'_, f64>) -> MesurerReturn {
            MesurerReturn { somme: v.iter().sum(), nombre: v.len() as i32 }
        }
    }

    impl RustFDoubler for Rewrite {
        fn rust_f_doubler(x: &mut [f64]) {
            x.iter_mut().for_each(|x| *x *= 2.0);
        }
    }

    impl RustFPeser for Rewrite {
        fn rust_f_peser(m: View<'_, f64, 2>) -> f64 {
            let [rows, _] = m.extents();
            let weight = |at: usize| (10 * (at % rows + 1) + at / rows + 1) as f64;
            m.iter().enumerate().map(|(at, x)| weight(at) * x).sum()
        }
    }

    impl RustFMoyenne for Rewrite {
        fn rust_f_moyenne(x: &[f64], poids: Option<&[f64]>) -> f64 {
            let ones = vec![1.0; x.len()];
            let weights = poids.unwrap_or(&ones);
            x.iter().zip(weights).map(|(x, w)| x * w).sum::<f64>() / weights.iter().sum::<f64>()
        }
    }

    impl RustFIntegrer for Rewrite {
        fn rust_f_integrer(f: &mut Loi<'_>, a: f64, b: f64, n: i32) -> f64 {
            let h = (b - a) / f64::from(n);
            (0..n).map(|i| h * f(a + (f64::from(i) + 0.5) * h)).sum()
        }
    }

    impl RustFJour for Rewrite {
        fn rust_f_jour(n: i32) -> [u8; 8] {
            [*b"lundi   ", *b"mardi   ", *b"mercredi"][n as usize - 1]
        }
    }

    impl RustParcourir for Rewrite {
        fn rust_parcourir(x: &[f64], f: &mut Visite<'_>) -> i32 {
            let stops = (0..).zip(x).position(|(rang, x)| f(rang, *x) != 0);
            stops.map_or(0, |at| at as i32 + 1)
        }
    }

    impl RustAppliquer for Rewrite {
        fn rust_appliquer(f: &mut Fonction<'_>, g: Option<&mut Fonction<'_>>, x: f64) -> f64 {
            let x = g.map_or(x, |g| g(x));
            f(x)
        }
    }

    impl RustOptionnel for Rewrite {
        fn rust_optionnel(x: Option<&[f64]>, n: i32, nom: Option<&CStr>) -> i32 {
            x.map_or(-n, |x| x[x.len() - 1] as i32) + nom.map_or(0, |nom| 100 * nom.to_bytes().len() as i32)
        }
    }

    impl RustTriangle for Rewrite {
        fn rust_triangle(x: &[f64], _n: i32) -> f64 {
            x.iter().sum()
        }
    }

    impl RustGain for Rewrite {
        fn rust_gain(x: &[f64], y: &mut [f64]) -> Result<Done, Failure> {
            y.iter_mut().zip(x).for_each(|(y, x)| *y = 2.0 * x);
            Ok(Done::Ok)
        }
    }

    impl RustDevise for Rewrite {
        fn rust_devise(rang: i32) -> Lasting<u8> {
            if rang == 0 { c"ad astra".into() } else { Lasting::NONE }
        }
    }
}

carried_ada::export! { rewrite::Rewrite: rust_indice, rust_doubler, rust_renverser, rust_mesurer }
carried_fortran::export! {
    rewrite::Rewrite: rust_f_doubler, rust_f_peser, rust_f_moyenne, rust_f_integrer, rust_f_jour
}
carried_c::export! {
    rewrite::Rewrite: rust_parcourir, rust_appliquer, rust_optionnel, rust_devise, rust_triangle, rust_gain
}
