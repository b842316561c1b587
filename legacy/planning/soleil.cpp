// soleil.cpp
#include <cmath>
#include "soleil.hpp"
#include "sccs.h"

static const char sccs_id[] SCCS_GARDE = "@(#)soleil.cpp 1.2 99/09/06 CMP PLAN";

namespace plan {

namespace {
const double deg = 57.29577951308232;
const double jj50_j2000 = 18262.5;      // 1er janvier 2000, 12h

// réduction à [0,360[
double modulo(double angle)
{
    angle = std::fmod(angle, 360.0);
    return angle < 0.0 ? angle + 360.0 : angle;
}

double anomalie(double t)
{
    return (357.5277233 + 35999.05034 * t) / deg;
}

double obliquite(double t)
{
    return (23.439291 - 0.0130042 * t) / deg;
}

double siecles(double jj50)
{
    return (jj50 - jj50_j2000) / 36525.0;
}
}

const double Soleil::unite_astronomique = 149597870700.0;
const double Soleil::rayon = 695700e3;
double Soleil::date_gardee_ = -1.0;
Vecteur3 Soleil::garde_;

double Soleil::longitude(double jj50)
{
    const double t = siecles(jj50), m = anomalie(t);

    return modulo(280.460 + 36000.771 * t + 1.914666471 * std::sin(m)
                  + 0.019994643 * std::sin(2.0 * m));
}

double Soleil::distance(double jj50)
{
    const double m = anomalie(siecles(jj50));

    return unite_astronomique * (1.000140612 - 0.016708617 * std::cos(m)
                                 - 0.000139589 * std::cos(2.0 * m));
}

Equatoriales Soleil::equatoriales(double jj50)
{
    const double l = longitude(jj50) / deg, eps = obliquite(siecles(jj50));
    Equatoriales e;

    e.alpha = modulo(deg * std::atan2(std::cos(eps) * std::sin(l), std::cos(l)));
    e.delta = deg * std::asin(std::sin(eps) * std::sin(l));
    return e;
}

Vecteur3 Soleil::position(double jj50)
{
    const double l = longitude(jj50) / deg, eps = obliquite(siecles(jj50));

    return distance(jj50) * Vecteur3(std::cos(l), std::cos(eps) * std::sin(l),
                                     std::sin(eps) * std::sin(l));
}

double Soleil::temps_sideral(double jj50)
{
    const double t = siecles(jj50);

    return modulo(280.46061837 + 360.98564736629 * (jj50 - jj50_j2000)
                  + (0.000387933 - t / 38710000.0) * t * t);
}

Vecteur3 Soleil::terrestre(double jj50)
{
    if (jj50 != date_gardee_) {
        const Vecteur3 s = position(jj50);
        const double   h = temps_sideral(jj50) / deg;
        const double   c = std::cos(h), si = std::sin(h);

        garde_ = Vecteur3(c * s.x + si * s.y, c * s.y - si * s.x, s.z);
        date_gardee_ = jj50;
    }
    return garde_;
}

} // namespace plan
