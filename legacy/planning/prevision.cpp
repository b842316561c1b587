// prevision.cpp - façade C de la prévision (planning.h)
#include <cstring>
#include <memory>
#include <new>
#include "planning.h"
#include "affectation.hpp"
#include "recherche.hpp"
#include "soleil.hpp"
#include "sccs.h"

static const char sccs_id[] SCCS_GARDE =
    "@(#)prevision.cpp 1.5 00/01/17 CMP PLAN";

using plan::Affectation;
using plan::Creneau;
using plan::Ephemeride;
using plan::Passage;
using plan::Recherche;
using plan::Vecteur3;

struct plan_prevision {
    double                     jj50;
    Ephemeride                 ephemeride;
    std::vector<plan::Lieu *>  stations;
    std::vector<plan_suivi>    suivis;          // tous passages
    Affectation                affectation;

    explicit plan_prevision(double jj) : jj50(jj), ephemeride(2881) {}
    ~plan_prevision();
    Recherche recherche(int station) const;
    int chercher(int station, double debut, double fin, bool refracte);
};

plan_prevision::~plan_prevision()
{
    for (std::size_t i = 0; i < stations.size(); i++)
        delete stations[i];
}

Recherche plan_prevision::recherche(int station) const
{
    return Recherche(*stations.at(std::size_t(station)), ephemeride, jj50);
}

// poids d'un passage : sa durée, mieux comptée quand il culmine haut
int plan_prevision::chercher(int station, double debut, double fin, bool refracte)
{
    const Recherche            r = recherche(station);
    const std::vector<Passage> p = r.passages(debut, fin, 60.0, refracte);

    for (std::size_t i = 0; i < p.size(); i++) {
        plan_suivi s;

        s.vue.debut = p[i].creneau().debut();
        s.vue.fin = p[i].creneau().fin();
        s.vue.culmination = p[i].culmination();
        s.vue.site_max = p[i].site_max();
        s.distance_min = r.distance(s.vue.culmination);
        s.doppler_max = plan::doppler(r.vitesse_radiale(s.vue.debut + 1.0),
                                      PLAN_PORTEUSE);
        s.station = station;
        s.jour = r.site_soleil(s.vue.culmination) > -0.833;
        affectation.proposer(p[i].creneau(), station,
                             p[i].creneau().duree()
                                 * (s.vue.site_max > 20.0 ? 1.0 : 0.6));
        suivis.push_back(s);
    }
    return int(p.size());
}

namespace {

// traduit l'exception en cours en code retour
int code_retour()
{
    try {
        throw;
    } catch (const plan::HorsEphemeride &) {
        return PLAN_ERR_EPHEMERIDE;
    } catch (const plan::Conflit &) {
        return PLAN_ERR_CONFLIT;
    } catch (const std::logic_error &) {
        return PLAN_ERR_DOMAINE;
    } catch (const std::bad_alloc &) {
        return PLAN_ERR_MEMOIRE;
    } catch (const std::exception &) {
        return PLAN_ERR_CALCUL;
    }
}

Recherche::Grandeur grandeur(int choix)
{
    switch (choix) {
    case PLAN_SITE:
        return &Recherche::site;
    case PLAN_DISTANCE:
        return &Recherche::distance;
    case PLAN_VITESSE:
        return &Recherche::vitesse_radiale;
    case PLAN_SITE_SOLEIL:
        return &Recherche::site_soleil;
    }
    throw std::invalid_argument("grandeur inconnue");
}

void copier(const Vecteur3 &v, double x[3])
{
    x[0] = v.x;
    x[1] = v.y;
    x[2] = v.z;
}

} // namespace

extern "C" {

plan_prevision *plan_prev_creer(int jj50)
{
    return new (std::nothrow) plan_prevision(jj50);
}

void plan_prev_detruire(plan_prevision *p)
{
    delete p;
}

int plan_prev_station(plan_prevision *p, const char *nom, double lat, double lon,
                      double alt, double site_min)
{
    if (p == 0 || nom == 0)
        return PLAN_ERR_POINTEUR;
    try {
        plan::Lieu *lieu = new plan::Station(nom, lat, lon, alt, site_min);

        p->stations.push_back(lieu);
        return int(p->stations.size()) - 1;
    } catch (...) {
        return code_retour();
    }
}

int plan_prev_position(plan_prevision *p, double t, const double pos[3])
{
    if (p == 0 || pos == 0)
        return PLAN_ERR_POINTEUR;
    try {
        p->ephemeride.ajouter(t, Vecteur3(pos[0], pos[1], pos[2]));
    } catch (...) {
        return code_retour();
    }
    return PLAN_OK;
}

int plan_prev_etat(const plan_prevision *p, double t, int ordre, double pos[3],
                   double vit[3])
{
    if (p == 0 || pos == 0 || vit == 0)
        return PLAN_ERR_POINTEUR;
    try {
        const plan::Etat e = p->ephemeride.etat(t);

        copier(ordre > 0 ? p->ephemeride.position(t, ordre) : e.position, pos);
        copier(e.vitesse, vit);
    } catch (...) {
        return code_retour();
    }
    return PLAN_OK;
}

int plan_prev_chercher(plan_prevision *p, int station, double debut, double fin,
                       int refracte)
{
    if (p == 0)
        return PLAN_ERR_POINTEUR;
    try {
        return p->chercher(station, debut, fin, refracte != 0);
    } catch (...) {
        return code_retour();
    }
}

int plan_prev_parcourir(const plan_prevision *p, plan_rappel rappel,
                        void *contexte)
{
    if (p == 0 || rappel == 0)
        return PLAN_ERR_POINTEUR;
    try {
        const std::vector<int> retenus = p->affectation.retenir();

        for (std::size_t i = 0; i < p->suivis.size(); i++) {
            int retenu = 0;

            for (std::size_t k = 0; k < retenus.size(); k++)
                retenu |= retenus[k] == int(i);
            if (rappel(&p->suivis[i], retenu, contexte) != 0)
                return int(i) + 1;
        }
        return int(p->suivis.size());
    } catch (...) {
        return code_retour();
    }
}

int plan_prev_maximum(const plan_prevision *p, int station, int choix, double debut,
                      double fin, double *t, double *valeur)
{
    if (p == 0 || t == 0 || valeur == 0)
        return PLAN_ERR_POINTEUR;
    try {
        const Recherche           r = p->recherche(station);
        const Recherche::Grandeur g = grandeur(choix);

        *t = r.maximum(g, debut, fin);
        *valeur = (r.*g)(*t);
    } catch (...) {
        return code_retour();
    }
    return PLAN_OK;
}

double plan_prev_site(const plan_prevision *p, int station, double t, double defaut)
{
    if (p == 0 || station < 0 || std::size_t(station) >= p->stations.size())
        return defaut;
    try {
        return p->recherche(station).site_ou(t, defaut);
    } catch (...) {
        return defaut;
    }
}

int plan_prev_eclipses(const plan_prevision *p, int conique, double debut, double fin,
                       double *entrees, double *sorties, int nmax)
{
    if (p == 0 || entrees == 0 || sorties == 0)
        return PLAN_ERR_POINTEUR;
    try {
        const plan::OmbreConique     cones = plan::ombre_terrestre();
        const plan::OmbreCylindrique cylindre;
        const plan::Ombre           &ombre =
            conique ? static_cast<const plan::Ombre &>(cones) : cylindre;
        const std::vector<Creneau>   e = p->recherche(0).eclipses(ombre, debut, fin);

        for (std::size_t i = 0; i < e.size() && int(i) < nmax; i++) {
            entrees[i] = e[i].debut();
            sorties[i] = e[i].fin();
        }
        return int(e.size());
    } catch (...) {
        return code_retour();
    }
}

int plan_prev_choix(const plan_prevision *p, double t, float *poids)
{
    if (p == 0 || poids == 0)
        return PLAN_ERR_POINTEUR;

    const plan::Choix c = p->affectation.meilleure(t);

    *poids = c.poids;
    return c.rang + 1;
}

double plan_prev_conflit(const plan_prevision *p, int i, int j)
{
    if (p == 0)
        return PLAN_ERR_POINTEUR;
    try {
        return p->affectation.conflit(i, j);
    } catch (...) {
        return code_retour();
    }
}

int plan_prev_editer(const plan_prevision *p, char *texte, size_t lg)
{
    if (p == 0 || texte == 0 || lg == 0)
        return PLAN_ERR_POINTEUR;
    try {
        const std::vector<int> retenus = p->affectation.retenir();
        const std::string      s =
            plan::cadrer("  SUIVI DE LA JOURNEE ", 40, '.') + "\n"
            + p->affectation.editer(retenus);

        std::strncpy(texte, s.c_str(), lg - 1);
        texte[lg - 1] = '\0';
        return s.size() < lg ? PLAN_OK : PLAN_AV_TRONQUE;
    } catch (...) {
        return code_retour();
    }
}

plan_soleil plan_soleil_date(int jj50, double sec)
{
    const double               jj = jj50 + sec / 86400.0;
    const plan::Equatoriales   e = plan::Soleil::equatoriales(jj);
    plan_soleil                s;

    s.alpha = e.alpha;
    s.delta = e.delta;
    s.distance = plan::Soleil::distance(jj);
    s.sideral = plan::Soleil::temps_sideral(jj);
    return s;
}

double plan_refraction(double site, double pression, double temperature)
{
    try {
        return plan::refraction(site, pression, temperature);
    } catch (...) {
        return 0.0;
    }
}

} // extern "C"
