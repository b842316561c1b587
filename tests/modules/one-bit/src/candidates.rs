//! The routines that the example does not rewrite, in safe Rust, bit for bit as the legacy code.
#![forbid(unsafe_code)]

use crate::fault::panic_in;
use crate::flight_dynamics::{Cst, Horner, Inicst, Jjcal, Moyajt, Moygli, Moyval};
use crate::rewrite;
use crate::telemetry::{
    TmBilan, TmBilanMesures, TmCalendaire, TmCds, TmCdsJj50, TmCoderTrame, TmCrc16, TmDate, TmDecoderEntete,
    TmEntete, TmEtat, TmInterpoler, TmJj50Calendaire, TmLimites, TmMesure, TmModifierLimites,
    TmParametreLimites, TmPoint,
};
use cmp_bridge::support::{Done, Failure, Text};
use std::ffi::CStr;

/// The rewrites of the example, which can also be told to panic: one with a status, one without.
pub struct Frames;

/// Everything else.
pub struct Figures;

impl TmCoderTrame for Frames {
    fn tm_coder_trame(entete: &TmEntete, donnees: &[u8], trame: &mut [u8]) -> Result<Done, Failure> {
        let done = rewrite::Frames::tm_coder_trame(entete, donnees, trame);
        panic_in("tm_coder_trame");
        done
    }
}

impl TmCdsJj50 for Frames {
    fn tm_cds_jj50(cds: TmCds) -> TmDate {
        panic_in("tm_cds_jj50");
        rewrite::Frames::tm_cds_jj50(cds)
    }
}

impl Inicst for Figures {
    fn inicst(modele: &Text, cst: &mut Cst, modcst: &mut i32) -> Result<Done, Failure> {
        let (xmu, ae, cn0) = if modele.is(b"STANDARD") || modele.is(b"MSLIB") {
            let xmu = if modele.is(b"MSLIB") { 3.986004415e14 } else { 3.9860047e14 };
            (xmu, 6378137.0, [-1.08263e-3, 2.54e-6, 1.62e-6, 2.3e-7, -5.5e-7])
        } else if modele.is(b"WGS72") {
            (3.986008e14, 6378135.0, [-1.082616e-3, 2.53881e-6, 1.65597e-6, 0.0, 0.0])
        } else {
            return Err(Failure(-1));
        };
        *cst = Cst { xmu, ae, cn0, omegat: 7.292115146706979e-5 };
        *modcst += 1;
        Ok(Done::Ok)
    }
}

impl Jjcal for Figures {
    fn jjcal(
        jj50: i32,
        sec: f64,
        ian: &mut i32,
        mois: &mut i32,
        jour: &mut i32,
        ih: &mut i32,
        imn: &mut i32,
        secm: &mut f64,
    ) -> Result<Done, Failure> {
        if !(0..=54786).contains(&jj50) {
            return Err(Failure(-1));
        }
        if !(0.0..86400.0).contains(&sec) {
            return Err(Failure(-2));
        }
        // From 1 March 1948, so that the leap day ends a period of four years.
        let (periods, rest) = ((jj50 + 671) / 1461, (jj50 + 671) % 1461);
        let years = (rest / 365).min(3);
        let rest = rest - 365 * years;
        let m = (5 * rest + 2) / 153;
        let next = i32::from(m + 3 > 12);
        (*ian, *mois) = (1948 + 4 * periods + years + next, m + 3 - 12 * next);
        *jour = rest - (153 * m + 2) / 5 + 1;
        *ih = (sec / 3600.0) as i32;
        *imn = ((sec - 3600.0 * f64::from(*ih)) / 60.0) as i32;
        *secm = sec - 3600.0 * f64::from(*ih) - 60.0 * f64::from(*imn);
        Ok(Done::Ok)
    }
}

impl Horner for Figures {
    fn horner(x: f64, _: i32, coef: &[f64]) -> f64 {
        coef.iter().rev().fold(0.0, |sum, coefficient| sum * x + coefficient)
    }
}

impl Moyajt for Figures {
    fn moyajt(x: f64, moygli: &mut Moygli) {
        moygli.t[(moygli.nvu % moygli.ngar) as usize] = x;
        moygli.nvu += 1;
    }
}

impl Moyval for Figures {
    fn moyval(xm: &mut f64, npt: &mut i32, moygli: &Moygli) {
        *npt = moygli.nvu.min(moygli.ngar);
        *xm = moygli.t[..*npt as usize].iter().fold(0.0, |sum, x| sum + x);
        if *npt > 0 {
            *xm /= f64::from(*npt);
        }
    }
}

impl TmCrc16 for Figures {
    fn tm_crc16(buf: &[u8]) -> u16 {
        buf.iter().fold(0xffff, |crc, octet| {
            (0..8).fold(crc ^ u16::from(*octet) << 8, |crc, _| {
                if crc & 0x8000 == 0 { crc << 1 } else { crc << 1 ^ 0x1021 }
            })
        })
    }
}

impl TmDecoderEntete for Figures {
    fn tm_decoder_entete(trame: &[u8], entete: &mut TmEntete) -> Result<Done, Failure> {
        let Some([head @ .., y2, y1, m3, m2, m1, m0]) = trame.first_chunk::<14>() else {
            return Err(Failure(-2));
        };
        let [0x1a, 0xcf, 0xfc, 0x1d, a, b, c, d] = head else {
            return Err(Failure(-3));
        };
        let word = u32::from_be_bytes([*a, *b, *c, *d]);
        entete.set_version(word >> 30);
        entete.set_satellite(word >> 20 & 0x3ff);
        entete.set_voie(word >> 17 & 0x7);
        entete.set_qualite(word >> 16 & 1);
        entete.set_mode(word >> 12 & 0xf);
        entete.set_compteur(word & 0xfff);
        let (jour, ms) = (u16::from_be_bytes([*y2, *y1]), u32::from_be_bytes([*m3, *m2, *m1, *m0]));
        entete.date = TmCds { jour, us: 0, ms };
        Ok(if entete.version() == 1 { Done::Ok } else { Done::Warning(1) })
    }
}

impl TmJj50Calendaire for Figures {
    fn tm_jj50_calendaire(mut date: TmDate, cal: &mut TmCalendaire) -> Result<Done, Failure> {
        while date.sec < 0.0 {
            (date.sec, date.jour) = (date.sec + 86400.0, date.jour - 1);
        }
        while date.sec >= 86400.0 {
            (date.sec, date.jour) = (date.sec - 86400.0, date.jour + 1);
        }
        if !(0..=73049).contains(&date.jour) {
            return Err(Failure(-5));
        }
        let l = date.jour + 2433283 + 68569;
        let n = 4 * l / 146097;
        let l = l - (146097 * n + 3) / 4;
        let i = 4000 * (l + 1) / 1461001;
        let l = l - 1461 * i / 4 + 31;
        let j = 80 * l / 2447;
        let minutes = (date.sec / 60.0) as i32;
        cal.jour = (l - 2447 * j / 80) as u8;
        cal.mois = (j + 2 - 12 * (j / 11)) as u8;
        cal.annee = (100 * (n - 49) + i + j / 11) as i16;
        (cal.heure, cal.minute) = ((minutes / 60) as u8, (minutes % 60) as u8);
        cal.seconde = date.sec - 60.0 * f64::from(minutes);
        Ok(Done::Ok)
    }
}

impl TmInterpoler for Figures {
    fn tm_interpoler(a: TmPoint, b: TmPoint, x: f64) -> TmPoint {
        let y = if b.x == a.x { a.y } else { a.y + (b.y - a.y) * ((x - a.x) / (b.x - a.x)) };
        TmPoint { x, y }
    }
}

impl TmBilanMesures for Figures {
    fn tm_bilan_mesures(mesures: &[TmMesure], table: &[TmParametreLimites; 18]) -> TmBilan {
        let mut bilan = TmBilan { premier: -1, ..TmBilan::ZERO };
        for mesure in mesures {
            match mesure.etat {
                TmEtat::TM_NOMINAL => {
                    bilan.nominaux += 1;
                    continue;
                }
                TmEtat::TM_INVALIDE => {
                    bilan.invalides += 1;
                    continue;
                }
                TmEtat::TM_ROUGE_BAS | TmEtat::TM_ROUGE_HAUT => bilan.rouges += 1,
                _ => bilan.jaunes += 1,
            }
            if bilan.premier < 0 {
                bilan.premier = mesure.numero;
            }
            let limites = &table[mesure.numero as usize].limites;
            let beyond = (limites.jaune_bas - mesure.physique).max(mesure.physique - limites.jaune_haut);
            bilan.ecart_max = bilan.ecart_max.max(beyond);
        }
        bilan
    }
}

impl TmModifierLimites for Figures {
    fn tm_modifier_limites(
        nom: &CStr,
        limites: TmLimites,
        table: &mut [TmParametreLimites; 18],
    ) -> Result<Done, Failure> {
        let ordered = [limites.rouge_bas, limites.jaune_bas, limites.jaune_haut, limites.rouge_haut];
        if ordered.windows(2).any(|pair| pair[0] > pair[1]) {
            return Err(Failure(-5));
        }
        let named =
            |p: &&mut TmParametreLimites| CStr::from_bytes_until_nul(&p.nom).is_ok_and(|text| text == nom);
        let Some(parametre) = table.iter_mut().find(named) else {
            return Err(Failure(-6));
        };
        parametre.limites = limites;
        Ok(if limites.persistance < 1 { Done::Warning(1) } else { Done::Ok })
    }
}
