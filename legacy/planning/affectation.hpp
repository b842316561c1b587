// affectation.hpp - choix des passages suivis : un seul à la fois
#ifndef AFFECTATION_HPP
#define AFFECTATION_HPP

#include <string>
#include <vector>
#include "agenda.hpp"

namespace plan {

// un passage possible, son poids dépend de la station et du site
struct Option {
    Creneau creneau;
    int     station;
    double  poids;

    Option(const Creneau &c, int s, double p) : creneau(c), station(s), poids(p) {}
};

// 8 octets
struct Choix {
    int   rang;
    float poids;
};

// partie commune ; lève std::domain_error si elle est vide
Creneau operator&(const Creneau &a, const Creneau &b);
bool operator<(const Option &a, const Option &b);

class Affectation {
public:
    explicit Affectation(double basculement = 120.0);
    ~Affectation();
    // rend le rang de l'option
    int proposer(const Option &option);
    int proposer(const Creneau &creneau, int station, double poids);
    // rangs retenus, par ordre des dates : somme des poids maximale sans
    // recouvrement, basculement compris
    std::vector<int> retenir() const;
    // option de plus grand poids qui contient t ; rang -1 si aucune
    Choix meilleure(double t) const;
    // secondes perdues par les options i et j suivies ensemble
    double conflit(int i, int j) const;
    double poids(const std::vector<int> &retenus) const;
    std::string editer(const std::vector<int> &retenus) const;

private:
    double              basculement_;           // s
    std::vector<Option> options_;
};

} // namespace plan
#endif
