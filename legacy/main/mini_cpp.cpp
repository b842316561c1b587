// mini_cpp.cpp - essai de la planification, main en C++
#include <cmath>
#include <cstdio>
#include <iostream>
#include <stdexcept>
#include <string>
#include <vector>
#include "affectation.hpp"
#include "agenda.hpp"
#include "lieu.hpp"
#include "rappels.hpp"
#include "recherche.hpp"
#include "soleil.hpp"
#include "visibilite.hpp"
#include "sccs.h"

static const char sccs_id[] SCCS_GARDE = "@(#)mini_cpp.cpp 1.4 00/02/21 CMP";

using namespace plan;

// compte les destructions pendant les remontées d'exception
struct Temoin {
    static int detruits;
    ~Temoin() { detruits++; }
};
int Temoin::detruits = 0;

// trois niveaux d'appel entre le throw et le catch
int descendre(int niveau, const std::string &motif)
{
    Temoin temoin;

    if (niveau == 0)
        throw std::out_of_range("fond atteint : " + motif);
    return 1 + descendre(niveau - 1, motif + ".");
}

int sonder(int niveau)
{
    try {
        return descendre(niveau, "sonde");
    } catch (const std::range_error &) {
        return -1;                      // jamais prise
    }
}

static void essai_exceptions()
{
    try {
        sonder(3);
    } catch (const std::exception &e) {
        std::cout << e.what() << ", temoins " << Temoin::detruits << "\n";
    }
    try {
        Station("NULLE PART", 91.0, 0.0, 0.0, 5.0);
    } catch (const std::domain_error &e) {
        std::cout << "domaine : " << e.what() << "\n";
    }
    try {
        Creneau(20.0, 10.0);
    } catch (const std::logic_error &e) {
        std::cout << "logique : " << e.what() << "\n";
    }
}

static void essai_agenda()
{
    Agenda agenda("ESSAI");
    double debut = 0.0, fin = 0.0;

    agenda.ajouter(Creneau(3600.0, 5400.0), "RESTITUTION", 2);
    std::cout << "retard " << agenda.placer(3700.0, 600.0, "BULLETIN", 3) << "\n";
    agenda.ajouter(new Passage(Creneau(4000.0, 4700.0), "AUSSAGUEL", 4350.0, 61.25));
    try {
        agenda.ajouter(Creneau(5000.0, 6000.0), "PRIORITAIRE", 2);
    } catch (const Conflit &c) {
        std::cout << c.what() << ", libre a " << heure(c.libre_a()) << "\n";
    }
    try {
        agenda.placer(86000.0, 500.0, "TROP TARD", 4);
    } catch (const std::length_error &e) {
        std::cout << e.what() << "\n";
    }
    if (agenda[0].creneau().commun(agenda[1].creneau(), debut, fin))
        std::cout << "commun " << heure(debut) << " " << heure(fin) << "\n";
    std::cout << agenda.editer();
}

static void essai_visee()
{
    std::vector<double> masque(4, 2.0);
    Station             station("AUSSAGUEL", 43.4287, 1.4975, 262.0, 5.0);
    StationMasquee      masquee("AUSSAGUEL-M", 43.4287, 1.4975, 262.0, 0.0, masque);
    const Lieu         *lieux[2] = { &station, &masquee };
    const Vecteur3      satellite(5200000.0, 900000.0, 4900000.0);
    char                ligne[100];

    for (int i = 0; i < 2; i++) {
        const Direction d = lieux[i]->viser(satellite);

        std::sprintf(ligne, "%-12s site %8.4f azimut %8.4f distance %10.1f marge %8.4f\n",
                     lieux[i]->nom().c_str(), d.site, d.azimut, d.distance,
                     lieux[i]->marge(satellite));
        std::cout << ligne;
    }
    Detecteur detecteur(station);
    detecteur.position(10.0, satellite);
    try {
        detecteur.position(10.0, satellite);
    } catch (const std::logic_error &e) {
        std::cout << e.what() << "\n";
    }
}

// orbite circulaire polaire, repère terrestre tournant
static Ephemeride orbite(double rayon, int points)
{
    Ephemeride   e(static_cast<std::size_t>(points));
    const double n = std::sqrt(3.986004415e14 / (rayon * rayon * rayon));

    for (int i = 0; i < points; i++) {
        const double t = 60.0 * i, u = n * t, l = -7.292115e-5 * t;

        e.ajouter(t, rayon * Vecteur3(std::cos(u) * std::cos(l),
                                      std::cos(u) * std::sin(l), std::sin(u)));
    }
    return e;
}

static void essai_recherche()
{
    const Ephemeride     e = orbite(7200000.0, 300);
    const Station        station("AUSSAGUEL", 43.4287, 1.4975, 262.0, 5.0);
    const Recherche      r(station, e, 19116.0);
    const OmbreConique   cones = ombre_terrestre(20e3);
    const Ombre         *ombre = cones.copie();
    Recherche::Grandeur  grandeurs[2] = { &Recherche::site, &Recherche::distance };
    std::vector<Passage> p = r.passages(0.0, e.fin());
    char                 ligne[120];

    std::sprintf(ligne, "passages %d eclipses %d vivantes %d\n", int(p.size()),
                 int(r.eclipses(*ombre, 0.0, e.fin()).size()), Ephemeride::vivantes());
    std::cout << ligne;
    delete ombre;
    for (std::size_t i = 0; i < p.size(); i++) {
        const Creneau &c = p[i].creneau();

        std::cout << heure(c.debut()) << " " << p[i].libelle();
        for (int k = 0; k < 2; k++) {
            std::sprintf(ligne, " %.3f", (r.*grandeurs[k])(c.debut()));
            std::cout << ligne;
        }
        std::sprintf(ligne, " doppler %.1f site_ou %.1f\n",
                     doppler(r.vitesse_radiale(c.debut()), 2.2e9), r.site_ou(1e6, -90.0));
        std::cout << ligne;
    }
    try {
        r.passages(0.0, 30000.0);
    } catch (const HorsEphemeride &h) {
        std::cout << h.what() << ", ecart " << h.ecart() << "\n";
    }
    try {
        ombre_terrestre().eclipse(Vecteur3(1e6, 0.0, 0.0), Soleil::position(19116.0));
    } catch (const std::range_error &x) {
        std::cout << x.what() << "\n";
    }
}

// interpolations, copies d'éphémérides
static void essai_interpolation()
{
    std::vector<double> x, y;
    std::vector<Etat>   etats(4);
    Ephemeride          e = orbite(7200000.0, 20), copie(e), autre;
    char                ligne[120];

    for (int i = 0; i < 4; i++) {
        x.push_back(i);
        y.push_back(i * i * i - 2.0 * i);
        etats[i].t = 60.0 * i;
        etats[i].position = e.position(60.0 * i);
    }
    autre.ajouter(etats);
    autre = copie;
    std::sprintf(ligne, "lagrange %.4f hermite %.4f vivantes %d taille %d\n",
                 lagrange(x, y, 2.5), hermite(0.0, 1.0, 0.5, 2.0, 3.0, -0.5, 1.0),
                 Ephemeride::vivantes(), int(autre.taille()));
    std::cout << ligne;

    const Vecteur3 v = vectoriel(copie.etat(600.0).position, copie.etat(600.0).vitesse);
    std::sprintf(ligne, "moment %.6e %s\n", norme(v),
                 Option(Creneau(1.0, 2.0), 0, 5.0) < Option(Creneau(1.0, 3.0), 0, 4.0)
                     ? "avant" : "apres");
    std::cout << ligne;
    try {
        copie.ajouter(1.0, v);
    } catch (const std::logic_error &l) {
        std::cout << l.what() << "\n";
    }
}

static void essai_affectation()
{
    Affectation      a;
    std::vector<int> retenus;

    a.proposer(Creneau(1000.0, 1600.0), 0, 500.0);
    a.proposer(Creneau(1500.0, 2300.0), 1, 800.0);
    a.proposer(Option(Creneau(2350.0, 2900.0), 0, 400.0));
    a.proposer(Creneau(2450.0, 3000.0), 0, 350.0);
    retenus = a.retenir();
    std::cout << "poids " << a.poids(retenus) << " meilleure " << a.meilleure(1550.0).rang
              << " conflits " << a.conflit(0, 1) << " " << a.conflit(0, 3) << "\n"
              << a.editer(retenus);
    try {
        a.proposer(Creneau(0.0, 1.0), 0, -1.0);
    } catch (const std::invalid_argument &e) {
        std::cout << e.what() << "\n";
    }
}

int main()
{
    essai_exceptions();
    essai_agenda();
    essai_visee();
    essai_recherche();
    essai_affectation();
    essai_interpolation();
    essai_decommutation();
    essai_zeros();
    essai_integration();
    return 0;
}
