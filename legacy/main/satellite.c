/* satellite.c - le bord, simulé : de quoi remplir des trames vraisemblables */
#include <math.h>
#include <string.h>
#include "sccs.h"
#include "jour.h"

static const char sccs_id[] SCCS_GARDE = "@(#)satellite.c 1.9 98/10/12 CMP";

#define DEUX_PI     6.283185307179586
#define RAYON       6378137.0
#define NUM_SAT     5
#define DEBUT_POUSSEE 57600.0           /* 16h */
#define FIN_POUSSEE   58200.0
#define DEBUT_PANNE   39600.0           /* 11h, régulation thermique */
#define FIN_PANNE     43200.0

void sat_initialiser(satellite *s, double pression)
{
    const tm_parametre *par = &tm_table_parametres[tm_chercher("P_RESERV")];

    memset(s, 0, sizeof *s);
    s->charge = 92.0;
    s->t_bat = 12.0;
    s->t_prop = 22.0;
    s->t_cu = 18.0;
    tm_inverser(&par->etal, 0.0, 4095.0, pression, &s->brut_pres);
}

/* direction du Soleil (formule courte, 0.1 degré) */
static void soleil(double jours, double dir[3])
{
    double m = DEUX_PI * (0.98560 * (jours - 18262.5) + 357.529) / 360.0;
    double l = DEUX_PI * (0.98565 * (jours - 18262.5) + 280.459) / 360.0
        + 0.033423 * sin(m);

    dir[0] = cos(l);
    dir[1] = sin(l) * 0.917482;
    dir[2] = sin(l) * 0.397777;
}

/* ombre cylindrique */
static int en_eclipse(const double pos[3], const double dir[3])
{
    double s = pos[0] * dir[0] + pos[1] * dir[1] + pos[2] * dir[2];
    double r2 = pos[0] * pos[0] + pos[1] * pos[1] + pos[2] * pos[2];

    return s < 0.0 && r2 - s * s < RAYON * RAYON;
}

/* thermique et batterie, au pas de PAS_TM */
void sat_evoluer(satellite *s, int32_t jj50, const position *p)
{
    double dir[3], cible;

    soleil((double)jj50 + p->t / JOUR_S, dir);
    s->eclipse = en_eclipse(p->pos, dir);
    s->charge += PAS_TM / 3600.0 * (s->eclipse ? -32.0 : 38.0);
    if (s->charge > 100.0)
        s->charge = 100.0;
    cible = s->eclipse ? 8.0 : 16.0;
    if (p->t >= DEBUT_PANNE && p->t < FIN_PANNE)
        cible += 24.0;
    s->t_bat += (cible - s->t_bat) * PAS_TM / 1500.0;
    s->t_prop += ((s->eclipse ? 19.0 : 26.0) - s->t_prop) * PAS_TM / 4000.0;
    s->t_cu += ((s->eclipse ? 15.0 : 21.0) - s->t_cu) * PAS_TM / 2500.0;
}

int sat_mode(double t)
{
    if (t < 2.0 * PAS_TM)
        return TM_MODE_ACQUISITION;
    return t >= DEBUT_POUSSEE && t < FIN_POUSSEE ? TM_MODE_MANOEUVRE
                                                 : TM_MODE_NORMAL;
}

/* mot brut d'une grandeur étalonnée par une droite ou un degré 1 */
static unsigned int quantifier(const tm_parametre *par, double physique)
{
    double origine = par->etal.u.coef[0], pente = par->etal.u.coef[1];
    long   n;

    if (par->etal.genre == TM_DROITE) {
        origine = par->etal.u.droite.origine;
        pente = par->etal.u.droite.pente;
    }
    n = (long)floor((physique - origine) / pente + 0.5);

    return (unsigned int)n & (0xFFFFFFFFu >> (32 - par->nb_bits));
}

static void ecrire(unsigned char *donnees, int numero, unsigned int brut)
{
    const tm_parametre *par = &tm_table_parametres[numero];

    tm_inserer_bits(donnees, TM_LG_DONNEES, par->bit, par->nb_bits, brut);
}

/* températures : lentes, requantifiées toutes les dix minutes */
static void temperatures(satellite *s, const position *p)
{
    static const char *const nom[3] = { "T_BAT", "T_PROP", "T_CU" };
    double valeur[3], *brut[3];
    int    i;

    if (fmod(p->t, 600.0) != 0.0)
        return;
    valeur[0] = s->t_bat;
    valeur[1] = s->t_prop;
    valeur[2] = s->t_cu;
    brut[0] = &s->brut_tbat;
    brut[1] = &s->brut_tprop;
    brut[2] = &s->brut_tcu;
    for (i = 0; i < 3; i++) {
        const tm_parametre *par = &tm_table_parametres[tm_chercher(nom[i])];
        double haut = (double)((1u << par->nb_bits) - 1u);

        tm_inverser(&par->etal, i == 1 ? 1.0 : 0.0, haut, valeur[i], brut[i]);
        *brut[i] = floor(*brut[i] + 0.5);
    }
}

static void puissance(const satellite *s, const position *p,
                      unsigned char *donnees)
{
    const tm_parametre *t = tm_table_parametres;
    double              u = 25.0 + 0.085 * s->charge;
    double              i = s->eclipse ? -16.0 : s->charge < 99.0 ? 18.5 : 0.4;

    ecrire(donnees, 2, quantifier(&t[2], u));
    ecrire(donnees, 3, quantifier(&t[3], i));
    ecrire(donnees, 4, (unsigned int)(972 + (int)(6.0 * sin(p->t / 700.0))));
    ecrire(donnees, 5, quantifier(&t[5], s->eclipse ? 0.0 : 36.0 + 0.2 * i));
}

static void attitude(const position *p, unsigned char *donnees)
{
    const tm_parametre *t = tm_table_parametres;
    double phase = DEUX_PI * p->t / 6085.0;
    double trouble = sat_mode(p->t) == TM_MODE_MANOEUVRE ? 0.04 : 0.0;

    ecrire(donnees, 9, quantifier(&t[9], 820.0 * sin(phase)));
    ecrire(donnees, 10, quantifier(&t[10], -1200.0 + 310.0 * cos(phase)));
    ecrire(donnees, 11, quantifier(&t[11], 450.0 * sin(2.0 * phase + 0.3)));
    ecrire(donnees, 12, tm_coder_1750a(0.021 * sin(3.0 * phase) + trouble));
    ecrire(donnees, 13, tm_coder_1750a(0.017 * cos(2.0 * phase)));
    ecrire(donnees, 14, tm_coder_1750a(0.030 * sin(phase + 1.0) - trouble));
}

/* écrit une trame de TM_LG_TRAME octets ; rend un code TM */
int sat_trame(satellite *s, int32_t jj50, const position *p,
              unsigned char *trame)
{
    unsigned char donnees[TM_LG_DONNEES];
    tm_entete     entete;
    tm_valeur     flux;
    tm_date       date;
    unsigned int  hms;

    memset(donnees, 0, sizeof donnees);
    temperatures(s, p);
    ecrire(donnees, 0, (unsigned int)sat_mode(p->t));
    ecrire(donnees, 1, (unsigned int)(p->t / 3600.0) * 3u);
    puissance(s, p, donnees);
    ecrire(donnees, 6, (unsigned int)s->brut_tbat);
    ecrire(donnees, 7, (unsigned int)s->brut_tprop);
    ecrire(donnees, 8, (unsigned int)floor(s->brut_pres + 0.5));
    attitude(p, donnees);
    flux.f = (float)(235.0 + 40.0 * p->pos[2] / 7.2e6);
    ecrire(donnees, 15, flux.u);
    hms = (unsigned int)(p->t / 3600.0) * 10000u
        + (unsigned int)fmod(p->t / 60.0, 60.0) * 100u
        + (unsigned int)fmod(p->t, 60.0);
    ecrire(donnees, 16, tm_entier_bcd(hms, 6));
    ecrire(donnees, 17, (unsigned int)s->brut_tcu);

    entete.version = 1;
    entete.satellite = NUM_SAT;
    entete.voie = 0;
    entete.qualite = 0;
    entete.mode = (unsigned int)sat_mode(p->t);
    entete.compteur = (unsigned int)s->compteur;
    s->compteur = (s->compteur + 1) % 4096;
    date.jour = jj50;
    date.sec = p->t;
    entete.date = tm_jj50_cds(date);
    return tm_coder_trame(&entete, donnees, TM_LG_DONNEES, trame, TM_LG_TRAME);
}
