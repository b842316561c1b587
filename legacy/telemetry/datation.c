/* datation.c - dates bord et jours juliens 1950 */
#include <stdio.h>
#include <string.h>
#include "sccs.h"
#include "telemetry.h"

static const char sccs_id[] SCCS_GARDE = "@(#)datation.c 1.9 99/11/03 CMP TM - an 2000";

#define JOUR_1958  2922         /* 1er janvier 1958 en jj 1950 */
#define SEC_JOUR   86400.0

/* jour julien 1950 d'une date grégorienne (Fliegel et Van Flandern) */
static int jour_1950(int a, int m, int j)
{
    int d = (m - 14) / 12;

    return j - 32075 + 1461 * (a + 4800 + d) / 4
        + 367 * (m - 2 - d * 12) / 12
        - 3 * ((a + 4900 + d) / 100) / 4 - 2433283;
}

/* ramène les secondes dans [0, 86400[ */
static tm_date normaliser(tm_date d)
{
    while (d.sec < 0.0) {
        d.sec += SEC_JOUR;
        d.jour--;
    }
    while (d.sec >= SEC_JOUR) {
        d.sec -= SEC_JOUR;
        d.jour++;
    }
    return d;
}

tm_date tm_cds_jj50(tm_cds cds)
{
    tm_date d;

    d.jour = (int)cds.jour + JOUR_1958;
    d.sec = (double)cds.ms * 1e-3 + (double)cds.us * 1e-6;
    return normaliser(d);
}

tm_cds tm_jj50_cds(tm_date date)
{
    tm_cds cds;
    double us;

    date = normaliser(date);
    us = date.sec * 1e6 + 0.5;
    cds.ms = (unsigned int)(us / 1e3);
    cds.us = (unsigned short)(us - (double)cds.ms * 1e3);
    cds.jour = (unsigned short)(date.jour - JOUR_1958);
    return cds;
}

int tm_jj50_calendaire(tm_date date, tm_calendaire *cal)
{
    int l, n, i, j, minutes;

    if (cal == NULL)
        return TM_ERR_POINTEUR;
    date = normaliser(date);
    if (date.jour < 0 || date.jour > 73049)     /* 1950 à 2149 */
        return TM_ERR_DOMAINE;
    l = date.jour + 2433283 + 68569;
    n = 4 * l / 146097;
    l = l - (146097 * n + 3) / 4;
    i = 4000 * (l + 1) / 1461001;
    l = l - 1461 * i / 4 + 31;
    j = 80 * l / 2447;
    cal->jour = (unsigned char)(l - 2447 * j / 80);
    l = j / 11;
    cal->mois = (unsigned char)(j + 2 - 12 * l);
    cal->annee = (short)(100 * (n - 49) + i + l);
    minutes = (int)(date.sec / 60.0);
    cal->heure = (unsigned char)(minutes / 60);
    cal->minute = (unsigned char)(minutes % 60);
    cal->seconde = date.sec - 60.0 * minutes;
    return TM_OK;
}

int tm_calendaire_jj50(const tm_calendaire *cal, tm_date *date)
{
    if (cal == NULL || date == NULL)
        return TM_ERR_POINTEUR;
    if (cal->mois < 1 || cal->mois > 12 || cal->jour < 1 || cal->jour > 31
        || cal->heure > 23 || cal->minute > 59
        || cal->seconde < 0.0 || cal->seconde >= 60.0)
        return TM_ERR_DOMAINE;
    date->jour = jour_1950(cal->annee, cal->mois, cal->jour);
    date->sec = 3600.0 * cal->heure + 60.0 * cal->minute + cal->seconde;
    if (cal->annee < 1950)
        return TM_AV_BAS;
    return cal->annee > 2149 ? TM_AV_HAUT : TM_OK;
}

/* AA JJ J/H HM MS S/ccc : année, quantième, h, min, s, millisecondes */
int tm_bcd_jj50(const unsigned char bcd[7], tm_date *date)
{
    static const signed char largeur[6] = { 2, 3, 2, 2, 2, 3 };
    unsigned int             champ[6];
    int                      i, bit = 0, etat = TM_OK;

    if (bcd == NULL || date == NULL)
        return TM_ERR_POINTEUR;
    for (i = 0; i < 6; i++) {
        unsigned int brut = 0;

        tm_extraire_bits(bcd, 7, bit, 4 * largeur[i], &brut);
        if (tm_bcd_entier(brut, largeur[i], &champ[i]) != TM_OK)
            etat = TM_ERR_DOMAINE;
        bit += 4 * largeur[i];
    }
    if (etat != TM_OK || champ[1] < 1 || champ[1] > 366)
        return TM_ERR_DOMAINE;
    /* pivot de l'an 2000 : de 50 à 99, XXe siècle */
    date->jour = jour_1950((int)champ[0] + (champ[0] < 50 ? 2000 : 1900), 1, 1)
        + (int)champ[1] - 1;
    date->sec = 3600.0 * champ[2] + 60.0 * champ[3] + champ[4] + 1e-3 * champ[5];
    return TM_OK;
}

/* temps CUC : octets de secondes, puis octets de fraction binaire */
double tm_cuc_secondes(const unsigned char *cuc, unsigned char nb_gros,
                       unsigned char nb_fin)
{
    double secondes = 0.0, poids = 1.0;

    while (nb_gros-- > 0)
        secondes = 256.0 * secondes + (double)*cuc++;
    while (nb_fin-- > 0) {
        poids /= 256.0;
        secondes += poids * (double)*cuc++;
    }
    return secondes;
}

/* a - b en secondes ; étendu pour garder la microseconde sur 50 ans */
long double tm_ecart_dates(tm_date a, tm_date b)
{
    return (long double)(a.jour - b.jour) * 86400.0L
        + ((long double)a.sec - (long double)b.sec);
}

char *tm_texte_date(tm_date date, char *texte, size_t lg)
{
    tm_calendaire cal;
    char          ligne[64];

    if (texte == NULL || lg == 0)
        return texte;
    if (tm_jj50_calendaire(date, &cal) != TM_OK)
        sprintf(ligne, "jour %d hors calendrier", date.jour);
    else
        sprintf(ligne, "%02d/%02d/%04d %02d:%02d:%06.3f", cal.jour, cal.mois,
                cal.annee, cal.heure, cal.minute, cal.seconde);
    strncpy(texte, ligne, lg - 1);
    texte[lg - 1] = '\0';
    return texte;
}
