// ephemeride.cpp
#include <cmath>
#include "agenda.hpp"
#include "ephemeride.hpp"
#include "sccs.h"

static const char sccs_id[] SCCS_GARDE =
    "@(#)ephemeride.cpp 1.4 99/10/11 CMP PLAN";

namespace plan {

template <class T>
T lagrange(const std::vector<double> &x, const std::vector<T> &y, double a)
{
    if (x.size() != y.size() || x.empty())
        throw std::invalid_argument("lagrange : tableaux inegaux ou vides");

    T somme = T();
    for (std::size_t i = 0; i < x.size(); i++) {
        double l = 1.0;

        for (std::size_t j = 0; j < x.size(); j++)
            if (j != i)
                l *= (a - x[j]) / (x[i] - x[j]);
        somme = somme + l * y[i];
    }
    return somme;
}

template <class T>
T hermite(double ta, const T &ya, const T &da, double tb, const T &yb,
          const T &db, double t)
{
    const double h = tb - ta, u = (t - ta) / h, v = 1.0 - u;

    return (v * v * (1.0 + 2.0 * u)) * ya + (u * u * (3.0 - 2.0 * u)) * yb
        + (h * u * v * v) * da + (-h * u * u * v) * db;
}

// les instances de la bibliothèque
template double lagrange<double>(const std::vector<double> &,
                                 const std::vector<double> &, double);
template Vecteur3 lagrange<Vecteur3>(const std::vector<double> &,
                                     const std::vector<Vecteur3> &, double);
template double hermite<double>(double, const double &, const double &, double,
                                const double &, const double &, double);
template Vecteur3 hermite<Vecteur3>(double, const Vecteur3 &, const Vecteur3 &,
                                    double, const Vecteur3 &, const Vecteur3 &,
                                    double);

HorsEphemeride::HorsEphemeride(double t, double debut, double fin)
    : std::out_of_range("hors ephemeride a " + heure(t)),
      ecart_(t < debut ? debut - t : t - fin)
{
}

HorsEphemeride::~HorsEphemeride() throw()
{
}

int Ephemeride::vivantes_ = 0;

Ephemeride::Ephemeride() : debut_(0.0), pas_(0.0)
{
    vivantes_++;
}

Ephemeride::Ephemeride(std::size_t prevus) : debut_(0.0), pas_(0.0)
{
    positions_.reserve(prevus);
    vivantes_++;
}

Ephemeride::Ephemeride(const Ephemeride &autre)
    : debut_(autre.debut_), pas_(autre.pas_), positions_(autre.positions_)
{
    vivantes_++;
}

Ephemeride::~Ephemeride()
{
    vivantes_--;
}

Ephemeride &Ephemeride::operator=(const Ephemeride &autre)
{
    debut_ = autre.debut_;
    pas_ = autre.pas_;
    positions_ = autre.positions_;
    return *this;
}

int Ephemeride::vivantes()
{
    return vivantes_;
}

double Ephemeride::debut() const
{
    return debut_;
}

double Ephemeride::fin() const
{
    return positions_.empty() ? debut_
                              : debut_ + pas_ * double(positions_.size() - 1);
}

// le deuxième point fixe le pas ; les suivants doivent le suivre
void Ephemeride::ajouter(double t, const Vecteur3 &position)
{
    const std::size_t n = positions_.size();

    if (n == 0)
        debut_ = t;
    else if (n == 1)
        pas_ = t - debut_;
    if (n > 0 && (!(pas_ > 0.0)
                  || std::fabs(debut_ + pas_ * double(n) - t) > 1e-6 * pas_))
        throw std::logic_error("pas irregulier a " + heure(t));
    positions_.push_back(position);
}

void Ephemeride::ajouter(const std::vector<Etat> &etats)
{
    for (std::vector<Etat>::const_iterator e = etats.begin(); e != etats.end(); ++e)
        ajouter(e->t, e->position);
}

// intervalle [rang, rang + 1] qui contient t
std::size_t Ephemeride::rang(double t) const
{
    if (positions_.size() < 2 || !(t >= debut_ && t <= fin()))
        throw HorsEphemeride(t, debut_, fin());

    const std::size_t i = std::size_t((t - debut_) / pas_);

    return i + 1 < positions_.size() ? i : positions_.size() - 2;
}

Vecteur3 Ephemeride::position(double t, int ordre) const
{
    const std::size_t n = positions_.size(), i = rang(t);

    if (ordre < 2 || std::size_t(ordre) > n)
        throw std::invalid_argument("ordre d'interpolation");

    const std::size_t avant = std::size_t(ordre) / 2 - 1;
    std::size_t       premier = i > avant ? i - avant : 0;

    if (premier + std::size_t(ordre) > n)
        premier = n - std::size_t(ordre);

    std::vector<double> x(static_cast<std::size_t>(ordre));
    for (std::size_t k = 0; k < x.size(); k++)
        x[k] = debut_ + pas_ * double(premier + k);
    return lagrange(x,
                    std::vector<Vecteur3>(positions_.begin() + premier,
                                          positions_.begin() + premier + ordre),
                    t);
}

// différences centrées d'ordre 4 ; 2 ou 1 près des bords
Vecteur3 Ephemeride::vitesse(std::size_t i) const
{
    const std::size_t            n = positions_.size();
    const std::vector<Vecteur3> &p = positions_;

    if (i >= 2 && i + 2 < n)
        return (1.0 / (12.0 * pas_)) * ((p[i - 2] - p[i + 2])
                                        + 8.0 * (p[i + 1] - p[i - 1]));
    if (i >= 1 && i + 1 < n)
        return (0.5 / pas_) * (p[i + 1] - p[i - 1]);
    return i == 0 ? (1.0 / pas_) * (p[1] - p[0])
                  : (1.0 / pas_) * (p[n - 1] - p[n - 2]);
}

Etat Ephemeride::etat(double t) const
{
    const std::size_t i = rang(t);
    const double      ta = debut_ + pas_ * double(i), tb = ta + pas_;
    const Vecteur3    va = vitesse(i), vb = vitesse(i + 1);
    const double      u = (t - ta) / pas_;
    Etat              e;

    e.t = t;
    e.position = hermite(ta, positions_[i], va, tb, positions_[i + 1], vb, t);
    // dérivée de la cubique
    e.vitesse = (6.0 * u * (1.0 - u) / pas_) * (positions_[i + 1] - positions_[i])
        + ((1.0 - u) * (1.0 - 3.0 * u)) * va + (u * (3.0 * u - 2.0)) * vb;
    return e;
}

} // namespace plan
