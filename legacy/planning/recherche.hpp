// recherche.hpp - levers, couchers, culminations, éclipses
#ifndef RECHERCHE_HPP
#define RECHERCHE_HPP

#include <vector>
#include "agenda.hpp"
#include "ephemeride.hpp"
#include "lieu.hpp"
#include "ombre.hpp"

namespace plan {

// réfraction (degrés) pour un site vrai (degrés), atmosphère moyenne
double refraction(double site_vrai);
// idem, à cette pression (hPa) et à cette température (degrés C)
double refraction(double site_vrai, double pression, double temperature);

// f(a) et f(b) de signes contraires ; lève std::domain_error sinon
template <class F>
double zero(const F &f, double a, double b, double eps = 1e-3);

// marge du site sur le site minimal, en fonction du temps
class Marge {
public:
    Marge(const Lieu &lieu, const Ephemeride &ephemeride, bool refracte);
    double operator()(double t) const;

private:
    const Lieu       &lieu_;
    const Ephemeride &ephemeride_;
    bool              refracte_;
};

class Recherche {
public:
    typedef double (Recherche::*Grandeur)(double t) const;

    Recherche(const Lieu &lieu, const Ephemeride &ephemeride, double jj50);
    ~Recherche();

    // grandeurs
    double site(double t) const;                // degrés
    double distance(double t) const;            // m
    double vitesse_radiale(double t) const;     // m/s
    double site_soleil(double t) const;         // degrés

    // instant du maximum, section dorée sur [a, b]
    double maximum(Grandeur grandeur, double a, double b,
                   double eps = 0.01) const;
    std::vector<Passage> passages(double debut, double fin, double pas = 60.0,
                                  bool refracte = false) const;
    std::vector<Creneau> eclipses(const Ombre &ombre, double debut, double fin,
                                  double pas = 60.0) const;
    // site à t, ou cette valeur hors de l'éphéméride
    double site_ou(double t, double defaut) const;

private:
    double fraction(const Ombre &ombre, double t) const;

    const Lieu       &lieu_;
    const Ephemeride &ephemeride_;
    double            jj50_;
};

// décalage Doppler (Hz) d'une porteuse (Hz)
inline double doppler(double vitesse_radiale, double porteuse)
{
    return -vitesse_radiale / 299792458.0 * porteuse;
}

} // namespace plan
#endif
