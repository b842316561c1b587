// facade.cpp - façade C (planning.h) : aucune exception n'en sort
#include <cstring>
#include <new>
#include "planning.h"
#include "visibilite.hpp"
#include "sccs.h"

static const char sccs_id[] SCCS_GARDE = "@(#)facade.cpp 1.6 99/04/12 CMP PLAN";

using plan::Agenda;
using plan::Creneau;
using plan::Detecteur;
using plan::Lieu;
using plan::Passage;

struct plan_journee {
    Agenda     agenda;
    Lieu      *lieu;
    Detecteur *detecteur;

    explicit plan_journee(const char *titre)
        : agenda(titre), lieu(0), detecteur(0) {}
    ~plan_journee()
    {
        delete detecteur;
        delete lieu;
    }
};

namespace {

int ranger(const std::string &s, char *texte, std::size_t lg)
{
    if (texte == 0 || lg == 0)
        return PLAN_ERR_POINTEUR;
    std::strncpy(texte, s.c_str(), lg - 1);
    texte[lg - 1] = '\0';
    return s.size() < lg ? PLAN_OK : PLAN_AV_TRONQUE;
}

// traduit l'exception en cours en code retour
int code_retour()
{
    try {
        throw;
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

} // namespace

extern "C" {

plan_journee *plan_creer(const char *titre)
{
    return titre == 0 ? 0 : new (std::nothrow) plan_journee(titre);
}

void plan_detruire(plan_journee *journee)
{
    delete journee;
}

int plan_station(plan_journee *j, const char *nom, double lat, double lon,
                 double alt, double site_min, const double *masque, int n)
{
    if (j == 0 || nom == 0 || (masque == 0 && n > 0))
        return PLAN_ERR_POINTEUR;
    try {
        Lieu *lieu;

        if (n > 0)
            lieu = new plan::StationMasquee(
                nom, lat, lon, alt, site_min,
                std::vector<double>(masque, masque + n));
        else
            lieu = new plan::Station(nom, lat, lon, alt, site_min);
        delete j->detecteur;
        delete j->lieu;
        j->lieu = lieu;
        j->detecteur = new Detecteur(*lieu);
    } catch (...) {
        return code_retour();
    }
    return PLAN_OK;
}

int plan_position(plan_journee *j, double t, const double pos[3])
{
    if (j == 0 || j->detecteur == 0)
        return PLAN_ERR_POINTEUR;
    try {
        return j->detecteur->position(
                   t, plan::Vecteur3(pos[0], pos[1], pos[2]))
            ? 1 : 0;
    } catch (...) {
        return code_retour();
    }
}

int plan_viser(const plan_journee *j, const double pos[3], double *site,
               double *azimut, double *distance)
{
    if (j == 0 || j->lieu == 0)
        return PLAN_ERR_POINTEUR;
    try {
        const plan::Direction d =
            j->lieu->viser(plan::Vecteur3(pos[0], pos[1], pos[2]));

        *site = d.site;
        *azimut = d.azimut;
        *distance = d.distance;
    } catch (...) {
        return code_retour();
    }
    return PLAN_OK;
}

int plan_clore(plan_journee *j)
{
    if (j == 0 || j->detecteur == 0)
        return PLAN_ERR_POINTEUR;
    try {
        j->detecteur->clore();
        const std::vector<Passage> &p = j->detecteur->passages();
        for (std::size_t i = 0; i < p.size(); i++)
            j->agenda.ajouter(new Passage(p[i]));
        return int(p.size());
    } catch (...) {
        return code_retour();
    }
}

int plan_passage(const plan_journee *j, int rang, plan_vue *vue)
{
    if (j == 0 || j->detecteur == 0 || vue == 0)
        return PLAN_ERR_POINTEUR;
    try {
        const Passage &p = j->detecteur->passages().at(std::size_t(rang));

        vue->debut = p.creneau().debut();
        vue->fin = p.creneau().fin();
        vue->culmination = p.culmination();
        vue->site_max = p.site_max();
    } catch (...) {
        return code_retour();
    }
    return PLAN_OK;
}

int plan_placer(plan_journee *j, double debut, double duree, const char *nom,
                int priorite, double *retard)
{
    if (j == 0 || nom == 0 || retard == 0)
        return PLAN_ERR_POINTEUR;
    try {
        *retard = j->agenda.placer(debut, duree, nom, priorite);
    } catch (...) {
        return code_retour();
    }
    return *retard > 0.0 ? PLAN_AV_RETARD : PLAN_OK;
}

int plan_editer(const plan_journee *j, char *texte, size_t lg)
{
    if (j == 0)
        return PLAN_ERR_POINTEUR;
    try {
        return ranger(j->agenda.editer(), texte, lg);
    } catch (...) {
        return code_retour();
    }
}

} // extern "C"
