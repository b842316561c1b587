// agenda.hpp - événements de la journée
#ifndef AGENDA_HPP
#define AGENDA_HPP

#include <stdexcept>
#include <string>
#include <vector>

namespace plan {

// intervalle en secondes depuis 0h
class Creneau {
public:
    Creneau(double debut, double fin);
    double debut() const { return debut_; }
    double fin() const { return fin_; }
    double duree() const { return fin_ - debut_; }
    bool coupe(const Creneau &autre) const;
    void decaler(double dt);
    // intersection ; faux si vide (debut et fin inchangés)
    bool commun(const Creneau &autre, double &debut, double &fin) const;

private:
    double debut_, fin_;
};

std::string heure(double secondes);
// texte complété ou coupé à cette largeur
std::string cadrer(std::string texte, std::size_t largeur, char blanc = ' ');

class Evenement {
public:
    Evenement(const Creneau &creneau, int priorite)
        : creneau_(creneau), priorite_(priorite) {}
    virtual ~Evenement() {}
    const Creneau &creneau() const { return creneau_; }
    Creneau &creneau() { return creneau_; }
    int priorite() const { return priorite_; }
    virtual std::string libelle() const = 0;
    virtual bool deplacable() const { return false; }

private:
    Creneau creneau_;
    int     priorite_;
};

class Passage : public Evenement {
public:
    Passage(const Creneau &creneau, const std::string &station,
            double culmination, double site_max);
    virtual std::string libelle() const;
    double culmination() const { return culmination_; }
    double site_max() const { return site_max_; }

private:
    std::string station_;
    double      culmination_, site_max_;
};

class Tache : public Evenement {
public:
    Tache(const Creneau &creneau, const std::string &nom, int priorite)
        : Evenement(creneau, priorite), nom_(nom) {}
    virtual std::string libelle() const { return nom_; }
    virtual bool deplacable() const { return priorite() > 1; }

private:
    std::string nom_;
};

class Conflit : public std::runtime_error {
public:
    explicit Conflit(const Evenement &avec);
    virtual ~Conflit() throw() {}
    double libre_a() const { return libre_a_; }

private:
    double libre_a_;
};

class Agenda {
public:
    explicit Agenda(const std::string &titre) : titre_(titre) {}
    ~Agenda();
    // prend possession de l'événement ; lève Conflit
    void ajouter(Evenement *evenement);
    void ajouter(const Creneau &creneau, const std::string &nom, int priorite);
    // idem, mais cherche un autre créneau ; rend le retard pris (s)
    double placer(double debut, double duree, const std::string &nom,
                  int priorite);
    std::size_t taille() const { return evenements_.size(); }
    const Evenement &operator[](std::size_t i) const { return *evenements_.at(i); }
    std::string editer() const;

private:
    Agenda(const Agenda &);
    Agenda &operator=(const Agenda &);
    const Evenement *genant(const Creneau &creneau, int priorite) const;

    std::string              titre_;
    std::vector<Evenement *> evenements_;
};

} // namespace plan
#endif
