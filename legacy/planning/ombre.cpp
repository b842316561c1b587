// ombre.cpp
#include <cmath>
#include <stdexcept>
#include "ombre.hpp"
#include "soleil.hpp"
#include "sccs.h"

static const char sccs_id[] SCCS_GARDE = "@(#)ombre.cpp 1.3 99/10/11 CMP PLAN";

namespace plan {

namespace {
const double pi = 3.14159265358979324;

double borner(double x)
{
    return x < -1.0 ? -1.0 : x > 1.0 ? 1.0 : x;
}

// aire commune à deux disques de rayons a et b, de centres distants de c
double aire_commune(double a, double b, double c)
{
    const double x = (c * c + a * a - b * b) / (2.0 * c);
    const double y2 = a * a - x * x;

    return a * a * std::acos(borner(x / a)) + b * b * std::acos(borner((c - x) / b))
        - c * (y2 > 0.0 ? std::sqrt(y2) : 0.0);
}
}

Ombre::Ombre(double rayon) : rayon_(rayon)
{
    if (!(rayon > 0.0))
        throw std::invalid_argument("rayon de l'ombre");
}

Ombre::~Ombre()
{
}

bool Ombre::eclipse(const Vecteur3 &satellite, const Vecteur3 &soleil) const
{
    return eclairement(satellite, soleil) < 0.5;
}

OmbreCylindrique::OmbreCylindrique(double rayon) : Ombre(rayon)
{
}

double OmbreCylindrique::eclairement(const Vecteur3 &satellite,
                                     const Vecteur3 &soleil) const
{
    const double s = scalaire(satellite, soleil) / norme(soleil);

    return s < 0.0 && scalaire(satellite, satellite) - s * s < rayon_ * rayon_
        ? 0.0 : 1.0;
}

Ombre *OmbreCylindrique::copie() const
{
    return new OmbreCylindrique(*this);
}

OmbreConique::OmbreConique(double rayon, double rayon_soleil)
    : Ombre(rayon), rayon_soleil_(rayon_soleil)
{
}

// rayons et distance apparents des deux disques, vus du satellite
double OmbreConique::eclairement(const Vecteur3 &satellite,
                                 const Vecteur3 &soleil) const
{
    const Vecteur3 vers = soleil - satellite;
    const double   d = norme(vers), r = norme(satellite);

    if (r < rayon_)
        throw std::range_error("satellite sous la surface");

    const double a = std::asin(rayon_soleil_ / d);
    const double b = std::asin(rayon_ / r);
    const double c = std::acos(borner(-scalaire(satellite, vers) / (r * d)));

    if (c >= a + b)
        return 1.0;
    if (c <= b - a)
        return 0.0;
    if (c <= a - b)
        return 1.0 - b * b / (a * a);
    return 1.0 - aire_commune(a, b, c) / (pi * a * a);
}

Ombre *OmbreConique::copie() const
{
    return new OmbreConique(*this);
}

OmbreConique ombre_terrestre(double atmosphere)
{
    return OmbreConique(6378137.0 + atmosphere, Soleil::rayon);
}

} // namespace plan
