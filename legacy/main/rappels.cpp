// rappels.cpp - C++ appelé depuis le C et le Fortran : les exceptions
// remontent à travers leurs appels
#include <cstdio>
#include <cstring>
#include <iostream>
#include <stdexcept>
#include "flight_dynamics.h"
#include "rappels.hpp"
#include "sccs.h"
#include "telemetry.h"

static const char sccs_id[] SCCS_GARDE = "@(#)rappels.cpp 1.1 00/02/21 CMP";

// présents sur la pile : aucun ne doit rester après une exception
struct Present {
    static int nombre;
    Present() { nombre++; }
    ~Present() { nombre--; }
};
int Present::nombre = 0;

// une décommutation, et celles que son rappel refait dedans
struct Relecture {
    const unsigned char *donnees;
    int                  niveau;
    int                  vues;
};

static int decommuter(Relecture &r);

extern "C" int relire(const tm_mesure *mesure, void *contexte)
{
    Relecture *r = static_cast<Relecture *>(contexte);
    Present    present;

    r->vues++;
    if (mesure->numero < 9)
        return 0;
    if (r->niveau == 0)
        throw std::range_error("roue arretee");
    Relecture dedans = { r->donnees, r->niveau - 1, 0 };
    return decommuter(dedans) < 18;
}

static int decommuter(Relecture &r)
{
    tm_mesure mesures[TM_NB_PARAMETRES];
    Present   present;

    return tm_decommuter(r.donnees, TM_LG_DONNEES, tm_table_parametres,
                         TM_NB_PARAMETRES, mesures, relire, &r);
}

void essai_decommutation()
{
    unsigned char trame[TM_LG_TRAME], donnees[TM_LG_DONNEES];
    tm_entete     entete;

    std::memset(&entete, 0, sizeof entete);
    entete.satellite = 5;
    entete.date.jour = 16897;
    for (int i = 0; i < TM_LG_DONNEES; i++)
        donnees[i] = static_cast<unsigned char>(29 * i + 3);
    for (int niveau = 0; niveau < 4; niveau++) {
        Relecture r = { trame + TM_LG_ENTETE, niveau, 0 };

        entete.compteur = niveau;
        std::cout << "trame " << tm_coder_trame(&entete, donnees, TM_LG_DONNEES, trame, TM_LG_TRAME)
                  << tm_verifier_trame(trame, TM_LG_TRAME);
        try {
            const int mesures = decommuter(r);

            std::cout << " mesures " << mesures << "\n";
        } catch (const std::range_error &e) {
            std::cout << " niveau " << niveau << " : " << e.what() << " apres " << r.vues
                      << ", presents " << Present::nombre << "\n";
        }
    }
}

// cos x - x, par le développement limité ; refuse ce qui est trop loin
extern "C" double ecart(const double *x)
{
    static const double  coef[7] = { 1.0, -1.0, -0.5, 0.0, 1.0 / 24.0, 0.0, -1.0 / 720.0 };
    static const int32_t degre = 6;
    Present              present;

    if (*x > 1.5)
        throw std::domain_error("trop loin");
    return horner_(x, &degre, coef);
}

void essai_zeros()
{
    const double xa = 0.0, eps = 1e-12;
    char         ligne[80];

    for (int i = 0; i < 4; i++) {
        const double xb = 1.0 + 0.25 * i;
        double       xsol = -1.0;
        int32_t      nbit = 0, ier = 9;

        try {
            zerof_(ecart, &xa, &xb, &eps, &xsol, &nbit, &ier);
            std::sprintf(ligne, "zero sur %.2f : %.9f code %d\n", xb, xsol, (int)ier);
            std::cout << ligne;
        } catch (const std::domain_error &e) {
            std::cout << "zero : " << e.what() << ", presents " << Present::nombre << "\n";
        }
    }
}

// chute d'un point, arrêtée sous une altitude
extern "C" void chute(const int32_t *n, const double *, const double *y, double *yp)
{
    Present present;

    if (y[0] < 6378136.0)
        throw std::runtime_error("sol");
    for (int32_t i = 0; i < *n / 2; i++)
        yp[i] = y[i + *n / 2];
    acczon_(y, yp + *n / 2);
}

void essai_integration()
{
    const int32_t n = 6;
    const double  pas = 60.0;
    double        y[6] = { 7000000.0, 0.0, 0.0, 0.0, 1000.0, 500.0 };
    double        trav[5][6], t = 0.0;
    int           pas_faits = 0;
    char          ligne[80];

    try {
        for (;; pas_faits++)
            rk4pas_(chute, &n, &t, y, &pas, trav[0]);
    } catch (const std::runtime_error &e) {
        std::sprintf(ligne, "%s apres %d pas, x %.3f t %.1f, presents %d\n", e.what(), pas_faits, y[0],
                     t, Present::nombre);
        std::cout << ligne;
    }
}
