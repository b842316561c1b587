/* commande.c - télécommandes de la prochaine manoeuvre */
#include <stdio.h>
#include <string.h>
#include "sccs.h"
#include "flight_dynamics.h"
#include "jour.h"

static const char sccs_id[] SCCS_GARDE = "@(#)commande.c 1.4 98/11/25 CMP";

#define MASQUE_AV    0x05
#define MASQUE_AR    0x0A
#define APID_CU      0x0A3
#define G0           9.80665

/* essai : mots de commande des tuyères, dans un paquet du service 17 */
static void essai(const manoeuvre *m)
{
    unsigned char donnees[8], paquet[TC_LG_MAX];
    char          texte[128];
    unsigned int  mot = 0;
    int           i, lg = 0;

    for (i = 0; i < 2; i++) {
        tc_mot_commande((unsigned char)(0x21 + i),
                        (signed char)(m->dv < 0.0 ? -12 : 12),
                        (short)(m->dv * 1e4), &mot);
        donnees[4 * i] = (unsigned char)(mot >> 24);
        donnees[4 * i + 1] = (unsigned char)(mot >> 16);
        donnees[4 * i + 2] = (unsigned char)(mot >> 8);
        donnees[4 * i + 3] = (unsigned char)mot;
    }
    if (tc_construire(paquet, sizeof paquet, APID_CU,
                      tc_compteur_suivant(APID_CU), TC_SERVICE_TEST, 1,
                      donnees, 8, &lg) != TM_OK)
        return;
    tc_texte(paquet, lg, texte, sizeof texte);
    printf("  TC essai  %s\n", texte);
}

/* édite la manoeuvre et ses paquets ; 0, ou un code TM d'erreur */
int cmd_manoeuvre(const bulletin *b, const manoeuvre *m, double pression,
                  double ergols)
{
    unsigned char paquet[TC_LG_MAX];
    char          texte[2 * TC_LG_MAX + 1], date[TM_LG_DATE];
    tc_poussee    p;
    float         pres = (float)pression, isp4;
    double        isp, dm = 0.0, reste;
    int32_t       ier = 0;
    int           lg = 0, etat;

    isp4 = xisp4_(&pres);
    isp = isp4;
    consom_(&b->masse, &m->dv, &isp, &dm, &ier);
    if (ier < 0)
        return ier;
    reste = tm_reservoir(pression, 22.0, -6.0, 9.4, -0.12, 0.02, -0.015,
                         1e-4, 1e-4, -2e-5, 1e-6);
    memset(&p, 0, sizeof p);
    p.debut.jour = m->jj50;
    p.debut.sec = m->sec;
    p.duree = m->duree;
    p.dv[0] = m->dv;
    p.debit = POUSSEE / (isp * G0);
    p.tuyeres = m->dv < 0.0 ? MASQUE_AR : MASQUE_AV;
    printf("  manoeuvre %s da %9.3f m dv %9.6f m/s duree %6.2f s\n",
           tm_texte_date(p.debut, date, sizeof date), m->da, m->dv, p.duree);
    printf("  isp %.2f s, consommation %.4f kg, jaugeage %.2f kg, carte %.2f kg\n",
           isp, dm, ergols, reste);
    essai(m);
    etat = tc_manoeuvre(p, paquet, sizeof paquet, &lg);
    if (etat < 0)
        return etat;
    if (tc_verifier(paquet, lg) != TM_OK)
        return TM_ERR_CRC;
    tc_texte(paquet, lg, texte, sizeof texte);
    printf("  TC poussee %s\n", texte);
    return TM_OK;
}
