// agenda.cpp
#include <algorithm>
#include <cstdio>
#include "agenda.hpp"
#include "sccs.h"

static const char sccs_id[] SCCS_GARDE = "@(#)agenda.cpp 1.7 99/04/09 CMP PLAN";

namespace plan {

namespace {
const double jour = 86400.0;
const double battement = 60.0;      // s entre deux tâches

bool avant(const Evenement *a, const Evenement *b)
{
    if (a->creneau().debut() != b->creneau().debut())
        return a->creneau().debut() < b->creneau().debut();
    return a->priorite() < b->priorite();
}
}

Creneau::Creneau(double debut, double fin) : debut_(debut), fin_(fin)
{
    if (!(fin >= debut))
        throw std::invalid_argument("creneau inverse a " + heure(debut));
}

bool Creneau::coupe(const Creneau &autre) const
{
    return debut_ < autre.fin_ && autre.debut_ < fin_;
}

void Creneau::decaler(double dt)
{
    debut_ += dt;
    fin_ += dt;
}

bool Creneau::commun(const Creneau &autre, double &debut, double &fin) const
{
    if (!coupe(autre))
        return false;
    debut = std::max(debut_, autre.debut_);
    fin = std::min(fin_, autre.fin_);
    return true;
}

std::string heure(double secondes)
{
    char      texte[32];
    const int s = int(secondes + 0.5);

    std::sprintf(texte, "%02d:%02d:%02d", s / 3600, s / 60 % 60, s % 60);
    return texte;
}

std::string cadrer(std::string texte, std::size_t largeur, char blanc)
{
    if (texte.size() > largeur)
        texte.erase(largeur);
    texte.append(largeur - texte.size(), blanc);
    return texte;
}

Passage::Passage(const Creneau &creneau, const std::string &station,
                 double culmination, double site_max)
    : Evenement(creneau, 0), station_(station), culmination_(culmination),
      site_max_(site_max)
{
}

std::string Passage::libelle() const
{
    char texte[64];

    std::sprintf(texte, " culm. %s site %5.2f", heure(culmination_).c_str(),
                 site_max_);
    return "PASSAGE " + station_ + texte;
}

Conflit::Conflit(const Evenement &avec)
    : std::runtime_error("conflit avec " + avec.libelle()),
      libre_a_(avec.creneau().fin())
{
}

Agenda::~Agenda()
{
    for (std::size_t i = 0; i < evenements_.size(); i++)
        delete evenements_[i];
}

// premier événement, au moins aussi prioritaire, qui occupe le créneau
const Evenement *Agenda::genant(const Creneau &creneau, int priorite) const
{
    for (std::size_t i = 0; i < evenements_.size(); i++)
        if (evenements_[i]->priorite() <= priorite
            && evenements_[i]->creneau().coupe(creneau)
            && evenements_[i]->priorite() != 0)
            return evenements_[i];
    return 0;
}

void Agenda::ajouter(Evenement *evenement)
{
    const Evenement *obstacle = 0;

    if (evenement->priorite() != 0)
        obstacle = genant(evenement->creneau(), evenement->priorite());
    if (obstacle != 0) {
        delete evenement;
        throw Conflit(*obstacle);
    }
    evenements_.insert(std::upper_bound(evenements_.begin(), evenements_.end(),
                                        evenement, avant),
                       evenement);
}

void Agenda::ajouter(const Creneau &creneau, const std::string &nom,
                     int priorite)
{
    ajouter(new Tache(creneau, nom, priorite));
}

double Agenda::placer(double debut, double duree, const std::string &nom,
                      int priorite)
{
    Creneau creneau(debut, debut + duree);

    while (creneau.fin() <= jour) {
        try {
            ajouter(creneau, nom, priorite);
            return creneau.debut() - debut;
        } catch (const Conflit &conflit) {
            if (priorite <= 1)
                throw;
            creneau.decaler(conflit.libre_a() + battement - creneau.debut());
        }
    }
    throw std::length_error("journee pleine pour " + nom);
}

std::string Agenda::editer() const
{
    std::string texte = titre_ + "\n";

    for (std::size_t i = 0; i < evenements_.size(); i++) {
        const Evenement &e = *evenements_[i];

        texte += "  " + heure(e.creneau().debut()) + " "
            + heure(e.creneau().fin()) + " " + e.libelle() + "\n";
    }
    return texte;
}

} // namespace plan
