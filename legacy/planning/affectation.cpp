// affectation.cpp
#include <algorithm>
#include <cstdio>
#include "affectation.hpp"
#include "sccs.h"

static const char sccs_id[] SCCS_GARDE =
    "@(#)affectation.cpp 1.3 00/01/17 CMP PLAN";

namespace plan {

namespace {
// rangs dans l'ordre des fins
struct ParFin {
    const std::vector<Option> &options;

    explicit ParFin(const std::vector<Option> &o) : options(o) {}
    bool operator()(int i, int j) const
    {
        const double fi = options[i].creneau.fin(), fj = options[j].creneau.fin();

        return fi != fj ? fi < fj : i < j;
    }
};
}

Creneau operator&(const Creneau &a, const Creneau &b)
{
    double debut = 0.0, fin = 0.0;

    if (!a.commun(b, debut, fin))
        throw std::domain_error("creneaux disjoints a " + heure(a.debut()));
    return Creneau(debut, fin);
}

bool operator<(const Option &a, const Option &b)
{
    if (a.creneau.debut() != b.creneau.debut())
        return a.creneau.debut() < b.creneau.debut();
    return a.poids > b.poids;
}

Affectation::Affectation(double basculement) : basculement_(basculement)
{
}

Affectation::~Affectation()
{
}

int Affectation::proposer(const Option &option)
{
    if (!(option.poids >= 0.0))
        throw std::invalid_argument("poids a " + heure(option.creneau.debut()));
    options_.push_back(option);
    return int(options_.size()) - 1;
}

int Affectation::proposer(const Creneau &creneau, int station, double poids)
{
    return proposer(Option(creneau, station, poids));
}

// programmation dynamique sur les options rangées par dates de fin
std::vector<int> Affectation::retenir() const
{
    const std::size_t   n = options_.size();
    std::vector<int>    ordre(n), avant(n, -1), retenus;
    std::vector<double> gain(n + 1, 0.0);
    std::vector<bool>   pris(n, false);

    for (std::size_t k = 0; k < n; k++)
        ordre[k] = int(k);
    std::sort(ordre.begin(), ordre.end(), ParFin(options_));
    for (std::size_t k = 0; k < n; k++) {
        const Option &o = options_[ordre[k]];
        std::size_t   libre = k;

        while (libre > 0 && options_[ordre[libre - 1]].creneau.fin() + basculement_
                   > o.creneau.debut())
            libre--;
        avant[k] = int(libre);
        pris[k] = gain[libre] + o.poids > gain[k];
        gain[k + 1] = pris[k] ? gain[libre] + o.poids : gain[k];
    }
    for (int k = int(n); k > 0; k = pris[k - 1] ? avant[k - 1] : k - 1)
        if (pris[k - 1])
            retenus.push_back(ordre[k - 1]);
    std::reverse(retenus.begin(), retenus.end());
    return retenus;
}

Choix Affectation::meilleure(double t) const
{
    Choix choix = { -1, 0.0f };

    for (std::size_t i = 0; i < options_.size(); i++) {
        const Option &o = options_[i];

        if (t >= o.creneau.debut() && t <= o.creneau.fin()
            && (choix.rang < 0 || float(o.poids) > choix.poids)) {
            choix.rang = int(i);
            choix.poids = float(o.poids);
        }
    }
    return choix;
}

double Affectation::conflit(int i, int j) const
{
    const Option &a = options_.at(std::size_t(i)), &b = options_.at(std::size_t(j));

    try {
        return (a.creneau & b.creneau).duree();
    } catch (const std::domain_error &) {
        return 0.0;
    }
}

double Affectation::poids(const std::vector<int> &retenus) const
{
    double somme = 0.0;

    for (std::size_t k = 0; k < retenus.size(); k++)
        somme += options_.at(std::size_t(retenus[k])).poids;
    return somme;
}

std::string Affectation::editer(const std::vector<int> &retenus) const
{
    std::string texte;
    char        fin[40];

    for (std::size_t k = 0; k < retenus.size(); k++) {
        const Option &o = options_.at(std::size_t(retenus[k]));

        std::sprintf(fin, " station %d poids %8.2f\n", o.station, o.poids);
        texte += "  " + heure(o.creneau.debut()) + " " + heure(o.creneau.fin()) + fin;
    }
    return texte;
}

} // namespace plan
