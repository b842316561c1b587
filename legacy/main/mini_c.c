/* mini_c.c - essai de la télémesure et des télécommandes, main en C */
#include <stdio.h>
#include <string.h>
#include "sccs.h"
#include "archive.h"
#include "telecommand.h"

static const char sccs_id[] SCCS_GARDE = "@(#)mini_c.c 1.3 00/02/21 CMP";

static int compter(const tm_mesure *m, void *contexte)
{
    int *compte = contexte;

    compte[m->etat]++;
    return m->numero == 16;             /* le dernier n'intéresse pas */
}

/* bilan avant et après des limites plus larges */
static void essai_bilan(const tm_mesure *mesures, int n)
{
    tm_limites l = { 1.5, 16.0, 34.0, 36.0, 2 };
    tm_bilan   b = tm_bilan_mesures(mesures, n, tm_table_parametres);

    printf("bilan %d %d %d %d premier %d ecart %.6g\n", b.nominaux, b.jaunes,
           b.rouges, b.invalides, b.premier, b.ecart_max);
    printf("limites %d", tm_modifier_limites("U_BAT", l));
    l.persistance = 0;
    printf(" %d", tm_modifier_limites("U_BUS", l));
    l.jaune_bas = 1.0;
    printf(" %d %d\n", tm_modifier_limites("U_BAT", l),
           tm_modifier_limites("NEANT", tm_table_parametres[0].limites));
    b = tm_bilan_mesures(mesures, n, tm_table_parametres);
    printf("bilan %d premier %d ecart %.6g\n", b.rouges, b.premier,
           b.ecart_max);
}

static void essai_trame(void)
{
    unsigned char trame[TM_LG_TRAME], donnees[TM_LG_DONNEES];
    tm_mesure     mesures[TM_NB_PARAMETRES];
    tm_entete     e, lue;
    int           compte[TM_INVALIDE + 1];
    int           i, n;

    memset(&e, 0, sizeof e);
    memset(compte, 0, sizeof compte);
    memset(mesures, 0, sizeof mesures);
    e.version = 1;
    e.satellite = 5;
    e.mode = TM_MODE_NORMAL;
    e.compteur = 4095;
    e.date.jour = 16897;
    e.date.ms = 28288386;
    for (i = 0; i < TM_LG_DONNEES; i++)
        donnees[i] = (unsigned char)(37 * i + 11);
    printf("coder %d\n", tm_coder_trame(&e, donnees, TM_LG_DONNEES, trame,
                                        TM_LG_TRAME));
    printf("crc %02X%02X verifier %d\n", trame[126], trame[127],
           tm_verifier_trame(trame, TM_LG_TRAME));
    i = tm_decoder_entete(trame, TM_LG_TRAME, &lue);
    printf("entete %d compteur %u mode %s date %.3f\n", i, lue.compteur,
           tm_libelle_mode((tm_mode)lue.mode), tm_cds_jj50(lue.date).sec);
    n = tm_decommuter(trame + TM_LG_ENTETE, TM_LG_DONNEES, tm_table_parametres,
                      TM_NB_PARAMETRES, mesures, compter, compte);
    printf("mesures %d nominales %d rouges %d invalides %d\n", n, compte[0],
           compte[TM_ROUGE_BAS] + compte[TM_ROUGE_HAUT], compte[TM_INVALIDE]);
    for (i = 0; i < n; i++)
        printf("%-8s %08X %14.6g %s\n", tm_table_parametres[i].nom,
               mesures[i].brut.u, mesures[i].physique,
               tm_libelle_etat(mesures[i].etat));
    essai_bilan(mesures, n);
    trame[50] ^= 1;
    printf("trame abimee %d\n", tm_verifier_trame(trame, TM_LG_TRAME));
}

static void essai_dates(void)
{
    static const unsigned char bcd[7] = { 0x04, 0x09, 0x70, 0x75, 0x12, 0x83, 0x86 };
    static const unsigned char cuc[6] = { 0x12, 0x34, 0x56, 0x78, 0x80, 0x00 };
    tm_calendaire cal;
    tm_date       d, origine;
    char          texte[TM_LG_DATE];

    memset(&cal, 0, sizeof cal);
    origine.jour = 18262;
    origine.sec = 0.0;
    printf("bcd %d", tm_bcd_jj50(bcd, &d));
    printf(" jour %d sec %.3f %s\n", d.jour, d.sec,
           tm_texte_date(d, texte, sizeof texte));
    printf("ecart %.3Lf s, cuc %.6f s\n", tm_ecart_dates(d, origine),
           tm_cuc_secondes(cuc, 4, 2));
    cal.mois = 13;
    printf("mois 13 : %d\n", tm_calendaire_jj50(&cal, &d));
}

static void essai_etalonnage(void)
{
    tm_point  a = { 0.0, -10.0 }, b = { 200.0, 90.0 };
    tm_droite d = tm_droite_points(a, b);
    double    y;

    printf("droite %.3f point %.3f\n", tm_appliquer_droite(d, 33.0f),
           tm_interpoler(a, b, 66.0).y);
    printf("thermistance %.3f\n", tm_thermistance(10000.0f, 10000.0f, 25.0f, 3950.0f));
    y = tm_reservoir(12.0, 20.0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
    printf("reservoir %.1f charge %.3f\n", y, tm_charge_batterie(28.3, -7.0));
    printf("1750A %08X %.7f\n", tm_coder_1750a(-12.6), tm_reel_1750a(tm_coder_1750a(-12.6)));
}

static void essai_archive(void)
{
    tm_archive a;
    tm_date    d = { 18262, 0.0 };
    tm_heure   h;
    tm_mot32   mot;
    tm_mesure  m[TM_NB_PARAMETRES];
    double     x[4] = { 1.0, 2.0, 4.0, 8.0 }, y = 0.0;
    int        i;

    tm_archive_vider(&a);
    printf("archive %d", tm_archive_ouvrir(&a, 7));
    for (i = 0; i < 40; i++) {
        d.sec = 600.0 * i;
        tm_archiver(&a, 7, d, (double)((i * 13) % 7));
    }
    tm_archive_gelee = 1;
    printf(" %d %d", tm_archiver(&a, 7, d, 0.0), tm_archiver(&a, 8, d, 0.0));
    h = tm_archive_heure(&a, 7, 3);
    printf(" heure %d %.1f variance %.4Lf max %.1f a %.0f\n", h.n, h.somme,
           tm_variance(h.somme, h.carres, h.n), h.extremes[1].valeur,
           h.extremes[1].date.sec);
    memset(m, 0, sizeof m);
    m[2].physique = 30.0;
    m[3].physique = -2.0;
    printf("derive %d %s %.2f", tm_deriver(0, m, &y), tm_nom_derive(0), y);
    printf(" %d %d\n", tm_deriver(9, m, &y), tm_calcul_de("NEANT") == NULL);
    mot.u = 0x12345678;
    printf("permuter %08X moyenne %.4f corriger %.4f\n", tm_permuter(mot).u,
           tm_moyenne_glissante(x, 3, 3), tm_corriger(5.0, 0, 2.0f));
}

int main(void)
{
    unsigned char paquet[64], donnees[3] = { 1, 2, 3 };
    char          texte[130], ligne[80];
    unsigned int  mot;
    int           lg;

    essai_trame();
    essai_dates();
    essai_etalonnage();
    essai_archive();
    printf("construire %d", tc_construire(paquet, 64, 0xA2, tc_compteur_suivant(0xA2),
                                          17, 1, donnees, 3, &lg));
    tc_texte(paquet, lg, texte, sizeof texte);
    printf(" %s verifier %d\n", texte, tc_verifier(paquet, lg));
    printf("mot %d", tc_mot_commande(0x7F, -100, -5, &mot));
    printf(" %08X\n", mot);
    tm_trace_tampon(ligne, sizeof ligne);
    printf("trace %d", tm_trace(2, "%s %d %.2f", "essai", -3, 2.5));
    printf(" [%s]\n", ligne);
    return 0;
}
