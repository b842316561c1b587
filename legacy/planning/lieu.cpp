// lieu.cpp
#include <cmath>
#include <stdexcept>
#include "lieu.hpp"
#include "sccs.h"

static const char sccs_id[] SCCS_GARDE = "@(#)lieu.cpp 1.4 99/02/18 CMP PLAN";

namespace plan {

namespace {
const double deg = 57.29577951308232;
const double a_terre = 6378137.0;
const double e2_terre = 0.00669438002290;
}

Vecteur3 operator+(const Vecteur3 &a, const Vecteur3 &b)
{
    return Vecteur3(a.x + b.x, a.y + b.y, a.z + b.z);
}

Vecteur3 operator-(const Vecteur3 &a, const Vecteur3 &b)
{
    return Vecteur3(a.x - b.x, a.y - b.y, a.z - b.z);
}

double scalaire(const Vecteur3 &a, const Vecteur3 &b)
{
    return a.x * b.x + a.y * b.y + a.z * b.z;
}

Vecteur3 operator*(double k, const Vecteur3 &a)
{
    return Vecteur3(k * a.x, k * a.y, k * a.z);
}

Vecteur3 vectoriel(const Vecteur3 &a, const Vecteur3 &b)
{
    return Vecteur3(a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z,
                    a.x * b.y - a.y * b.x);
}

double norme(const Vecteur3 &a)
{
    return std::sqrt(scalaire(a, a));
}

// site au-dessus du masque, degrés
double Lieu::marge(const Vecteur3 &satellite) const
{
    const Direction d = viser(satellite);

    return d.site - site_min(d.azimut);
}

Station::Station(const std::string &nom, double lat, double lon, double alt,
                 double site_min)
    : Lieu(nom), site_min_(site_min)
{
    if (std::fabs(lat) > 90.0 || std::fabs(lon) > 360.0)
        throw std::domain_error("coordonnees de " + nom);

    const double phi = lat / deg, lam = lon / deg;
    const double s = std::sin(phi), c = std::cos(phi);
    const double n = a_terre / std::sqrt(1.0 - e2_terre * s * s);

    origine_ = Vecteur3((n + alt) * c * std::cos(lam),
                        (n + alt) * c * std::sin(lam),
                        (n * (1.0 - e2_terre) + alt) * s);
    est_ = Vecteur3(-std::sin(lam), std::cos(lam), 0.0);
    nord_ = Vecteur3(-s * std::cos(lam), -s * std::sin(lam), c);
    haut_ = Vecteur3(c * std::cos(lam), c * std::sin(lam), s);
}

Direction Station::viser(const Vecteur3 &satellite) const
{
    const Vecteur3 d = satellite - origine_;
    Direction      dir;

    dir.distance = norme(d);
    if (dir.distance < 1.0)
        throw std::range_error("satellite au sol vu de " + nom());
    dir.site = deg * std::asin(scalaire(d, haut_) / dir.distance);
    dir.azimut = deg * std::atan2(scalaire(d, est_), scalaire(d, nord_));
    if (dir.azimut < 0.0)
        dir.azimut += 360.0;
    return dir;
}

double Station::site_min(double) const
{
    return site_min_;
}

StationMasquee::StationMasquee(const std::string &nom, double lat, double lon,
                               double alt, double site_min,
                               const std::vector<double> &masque)
    : Station(nom, lat, lon, alt, site_min), masque_(masque)
{
    if (masque_.empty())
        throw std::invalid_argument("masque vide pour " + nom);
}

double StationMasquee::site_min(double azimut) const
{
    const std::size_t n = masque_.size();
    const double      rang = azimut / 360.0 * double(n);
    const std::size_t i = std::size_t(rang) % n;
    const double      f = rang - std::floor(rang);
    const double      masque = masque_[i] + f * (masque_[(i + 1) % n] - masque_[i]);

    return masque > Station::site_min(azimut) ? masque
                                              : Station::site_min(azimut);
}

} // namespace plan
