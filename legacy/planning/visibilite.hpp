// visibilite.hpp - recherche des passages d'un satellite sur un lieu
#ifndef VISIBILITE_HPP
#define VISIBILITE_HPP

#include <vector>
#include "agenda.hpp"
#include "lieu.hpp"

namespace plan {

// reçoit les positions dans l'ordre des dates et garde les passages
class Detecteur {
public:
    explicit Detecteur(const Lieu &lieu);
    // vrai si le satellite est visible
    bool position(double t, const Vecteur3 &satellite);
    void clore();
    const std::vector<Passage> &passages() const { return passages_; }

private:
    void finir(double fin);
    double instant_zero(double t, double marge) const;
    void culmination(double t, double site);

    const Lieu          &lieu_;
    std::vector<Passage> passages_;
    bool                 en_cours_, premier_;
    double               t_, marge_;            // dernier échantillon
    double               debut_, t_max_, site_max_;
    double               sites_[2];             // deux derniers sites
};

} // namespace plan
#endif
