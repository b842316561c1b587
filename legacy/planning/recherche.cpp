// recherche.cpp
#include <cmath>
#include <stdexcept>
#include "recherche.hpp"
#include "soleil.hpp"
#include "sccs.h"

static const char sccs_id[] SCCS_GARDE =
    "@(#)recherche.cpp 1.6 99/11/22 CMP PLAN";

namespace plan {

namespace {
const double deg = 57.29577951308232;
const double jour = 86400.0;
const double nombre_or = 0.6180339887498949;
}

// Saemundsson, 1010 hPa et 10 degrés C ; 0.1 minute près de l'horizon
double refraction(double site_vrai)
{
    if (site_vrai < -1.5 || site_vrai > 90.0)
        return 0.0;
    return 1.02 / 60.0 / std::tan((site_vrai + 10.3 / (site_vrai + 5.11)) / deg);
}

double refraction(double site_vrai, double pression, double temperature)
{
    if (!(pression >= 0.0) || !(temperature > -273.0))
        throw std::invalid_argument("atmosphere");
    return refraction(site_vrai) * pression / 1010.0
        * 283.0 / (273.0 + temperature);
}

template <class F>
double zero(const F &f, double a, double b, double eps)
{
    double fa = f(a);

    if (fa * f(b) > 0.0)
        throw std::domain_error("zero non encadre apres " + heure(a));
    while (b - a > eps) {
        const double m = 0.5 * (a + b), fm = f(m);

        if ((fm < 0.0) == (fa < 0.0)) {
            a = m;
            fa = fm;
        } else {
            b = m;
        }
    }
    return 0.5 * (a + b);
}

Marge::Marge(const Lieu &lieu, const Ephemeride &ephemeride, bool refracte)
    : lieu_(lieu), ephemeride_(ephemeride), refracte_(refracte)
{
}

double Marge::operator()(double t) const
{
    const Direction d = lieu_.viser(ephemeride_.position(t));

    return d.site + (refracte_ ? refraction(d.site) : 0.0)
        - lieu_.site_min(d.azimut);
}

template double zero<Marge>(const Marge &, double, double, double);

namespace {
// éclairement moins un demi, en fonction du temps
struct Penombre {
    const Ombre      &ombre;
    const Ephemeride &ephemeride;
    double            jj50;

    Penombre(const Ombre &o, const Ephemeride &e, double jj)
        : ombre(o), ephemeride(e), jj50(jj) {}
    double operator()(double t) const
    {
        return ombre.eclairement(ephemeride.position(t),
                                 Soleil::terrestre(jj50 + t / jour)) - 0.5;
    }
};
}

Recherche::Recherche(const Lieu &lieu, const Ephemeride &ephemeride, double jj50)
    : lieu_(lieu), ephemeride_(ephemeride), jj50_(jj50)
{
}

Recherche::~Recherche()
{
}

double Recherche::site(double t) const
{
    return lieu_.viser(ephemeride_.position(t)).site;
}

double Recherche::distance(double t) const
{
    return lieu_.viser(ephemeride_.position(t)).distance;
}

// repère terrestre : la station ne bouge pas. La direction est celle des
// différences de distance, sur une seconde
double Recherche::vitesse_radiale(double t) const
{
    return distance(t + 0.5) - distance(t - 0.5);
}

double Recherche::site_soleil(double t) const
{
    return lieu_.viser(Soleil::terrestre(jj50_ + t / jour)).site;
}

double Recherche::maximum(Grandeur grandeur, double a, double b, double eps) const
{
    double c = b - nombre_or * (b - a), d = a + nombre_or * (b - a);
    double fc = (this->*grandeur)(c), fd = (this->*grandeur)(d);

    while (b - a > eps) {
        if (fc > fd) {
            b = d;
            d = c;
            fd = fc;
            c = b - nombre_or * (b - a);
            fc = (this->*grandeur)(c);
        } else {
            a = c;
            c = d;
            fc = fd;
            d = a + nombre_or * (b - a);
            fd = (this->*grandeur)(d);
        }
    }
    return 0.5 * (a + b);
}

std::vector<Passage> Recherche::passages(double debut, double fin, double pas,
                                         bool refracte) const
{
    std::vector<Passage> trouves;
    const Marge          marge(lieu_, ephemeride_, refracte);
    double               lever = debut, m = marge(debut);
    bool                 leve = m >= 0.0;

    for (double t = debut; t < fin; t += pas) {
        const double suivant = t + pas < fin ? t + pas : fin;
        const double ms = marge(suivant);

        if (!leve && ms >= 0.0) {
            lever = zero(marge, t, suivant);
            leve = true;
        } else if (leve && ms < 0.0) {
            const double coucher = zero(marge, t, suivant);
            const double culm = maximum(&Recherche::site, lever, coucher);

            trouves.push_back(Passage(Creneau(lever, coucher), lieu_.nom(), culm,
                                      site(culm)));
            leve = false;
        }
    }
    if (leve && fin > lever) {
        const double culm = maximum(&Recherche::site, lever, fin);

        trouves.push_back(Passage(Creneau(lever, fin), lieu_.nom(), culm,
                                  site(culm)));
    }
    return trouves;
}

double Recherche::fraction(const Ombre &ombre, double t) const
{
    return Penombre(ombre, ephemeride_, jj50_)(t) + 0.5;
}

std::vector<Creneau> Recherche::eclipses(const Ombre &ombre, double debut,
                                         double fin, double pas) const
{
    std::vector<Creneau> trouvees;
    const Penombre       penombre(ombre, ephemeride_, jj50_);
    double               entree = debut;
    bool                 dedans = fraction(ombre, debut) < 0.5;

    for (double t = debut; t < fin; t += pas) {
        const double suivant = t + pas < fin ? t + pas : fin;
        const bool   apres = fraction(ombre, suivant) < 0.5;

        if (apres && !dedans)
            entree = zero(penombre, t, suivant);
        else if (dedans && !apres)
            trouvees.push_back(Creneau(entree, zero(penombre, t, suivant)));
        dedans = apres;
    }
    if (dedans)
        trouvees.push_back(Creneau(entree, fin));
    return trouvees;
}

double Recherche::site_ou(double t, double defaut) const
{
    try {
        return site(t);
    } catch (const HorsEphemeride &) {
        return defaut;
    }
}

} // namespace plan
