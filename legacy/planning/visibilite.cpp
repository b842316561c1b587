// visibilite.cpp
#include <stdexcept>
#include "visibilite.hpp"
#include "sccs.h"

static const char sccs_id[] SCCS_GARDE =
    "@(#)visibilite.cpp 1.3 99/03/30 CMP PLAN";

namespace plan {

Detecteur::Detecteur(const Lieu &lieu)
    : lieu_(lieu), en_cours_(false), premier_(true), t_(0.0), marge_(0.0),
      debut_(0.0), t_max_(0.0), site_max_(0.0)
{
    sites_[0] = sites_[1] = -90.0;
}

// passage par zéro entre le dernier échantillon et celui-ci
double Detecteur::instant_zero(double t, double marge) const
{
    return t_ + (t - t_) * marge_ / (marge_ - marge);
}

// sommet de la parabole par les trois derniers sites
void Detecteur::culmination(double t, double site)
{
    const double c = sites_[0] - 2.0 * sites_[1] + site;

    if (sites_[1] < site || sites_[1] < sites_[0] || sites_[1] < site_max_
        || c >= 0.0)
        return;

    const double u = 0.5 * (sites_[0] - site) / c;

    t_max_ = t_ + u * (t - t_);
    site_max_ = sites_[1] - 0.25 * (sites_[0] - site) * u;
}

bool Detecteur::position(double t, const Vecteur3 &satellite)
{
    if (!premier_ && t <= t_)
        throw std::logic_error("positions non ordonnees a " + heure(t));

    const Direction d = lieu_.viser(satellite);
    const double    marge = d.site - lieu_.site_min(d.azimut);

    if (marge >= 0.0 && !en_cours_) {
        en_cours_ = true;
        debut_ = premier_ ? t : instant_zero(t, marge);
        t_max_ = t;
        site_max_ = d.site;
    }
    if (en_cours_)
        culmination(t, d.site);
    if (marge < 0.0 && en_cours_)
        finir(instant_zero(t, marge));
    else if (en_cours_ && d.site > site_max_) {
        t_max_ = t;
        site_max_ = d.site;
    }
    t_ = t;
    marge_ = marge;
    premier_ = false;
    sites_[0] = sites_[1];
    sites_[1] = d.site;
    return marge >= 0.0;
}

void Detecteur::finir(double fin)
{
    passages_.push_back(Passage(Creneau(debut_, fin), lieu_.nom(), t_max_,
                                site_max_));
    en_cours_ = false;
}

void Detecteur::clore()
{
    if (en_cours_)
        finir(t_);
}

} // namespace plan
