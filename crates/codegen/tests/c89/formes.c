/* The legacy routines, in C and as a Fortran compiler would make them. Each writes what depends on all that it reads. */
#include "types.h"
#include <string.h>

petits formes_etat = {1, 2, 'c', 1, -5, 0.5};
int formes_compte = 0;

double LEGACY(scalaires)(I8 a, U8 b, I16 c, U16 d, int e, unsigned f, float g, double h, U8 i, char j, unsigned k,
                 I8 *sa, U16 *sb, I64 *sc, I64 *sd, float *se, double *sf, double *sg)
{
    I64 keep = *sc;
    *sa = (I8)(*sa + a);
    *sb = (U16)(*sb + b + d);
    *sd = keep;
    *se = g * 2.0f;
    *sf = h / 3.0 + (double)c + (double)e;
    sg[0] = sg[0] + sg[1];
    sg[1] = -sg[1];
    return h + (double)f + (double)i + (double)j + (double)k;
}

int LEGACY(tableaux)(int n, I16 *m, double *x, float *y, U8 *octets, I16 *mots, I64 *longs, unsigned *fixes, char *nom,
             U8 *vrais)
{
    int i;
    for (i = 0; i < n; i++) {
        y[3 * i] = (float)x[i];
        y[3 * i + 1] = (float)(x[i] * 0.5);
        y[3 * i + 2] = (float)i;
    }
    for (i = 0; i < 2 * *m - 1; i++)
        octets[i] = (U8)(octets[i] + i);
    for (i = 0; i < *m; i++)
        mots[i] = (I16)(mots[i] * 2);
    if (*m > 1)
        longs[0] = longs[1];
    for (i = 0; i < 5; i++)
        fixes[i] = 0xfffffff0u + (unsigned)i;
    memcpy(nom, "abcdef", 6);
    vrais[0] = !vrais[0];
    return n < 0 ? -1 : n > 3 ? 1 : 0;
}

/* What the contract's machine has as 64 bits is a `long` in the source, whatever that has here. */
long LEGACY(larges)(long a, unsigned long b, unsigned long *n, U8 *x)
{
    unsigned long i;
    for (i = 0; i < *n; i++)
        x[i] = (U8)(x[i] + 1);
    return a * 2 + (long)(b & 0xff);
}

static void tourner(tout *t)
{
    petits keep = t->petits[0];
    t->nom[0]++;
    t->teinte = 1;
    t->grille[1][2] = t->grille[0][0] + 1.0f;
    t->petits[0] = t->petits[1];
    t->petits[1] = keep;
    t->champs.bas = (t->champs.bas + 1) & 7;
    t->champs.signe = -t->champs.signe;
    t->champs.haut ^= 0xff;
    t->non_signe = t->long_;
    t->courts[3] = -300;
    t->z[0] += 1;
    t->zs[3] -= 1;
    t->fin = -t->fin;
    t->dernier = 255;
}

petits LEGACY(enregistrements)(tout *un, int n, tout *liste, petits par_valeur)
{
    int i;
    tourner(un);
    for (i = 0; i < n; i++)
        tourner(liste + i);
    par_valeur.e = -par_valeur.e;
    par_valeur.f += 1;
    return par_valeur;
}

void LEGACY(textes)(char *nom, char *absent, double *rien, int k, int *liste, void *contexte, int *lg)
{
    int i;
    *lg = (int)strlen(nom) + (absent ? 100 + (int)strlen(absent) : 0);
    if (rien)
        *rien += 1.5;
    for (i = 0; liste && i < k; i++)
        liste[i] = i - 1;
    (void)contexte;
}

int LEGACY(etats)(double pas)
{
    formes_etat.f += pas;
    formes_etat.e++;
    formes_etat.c = 'd';
    formes_compte++;
    return formes_etat.e;
}

int ecrites = 0;

int LEGACY(ecrire)(int valeur)
{
    ecrites += valeur;
    return 0;
}

int LEGACY(strict)(int valeur)
{
    return valeur > 0 ? 0 : -1;
}

bloc_type bloc_ = {{1.0, 2.0, 3.0}, {4, 5}, {'b', 'l', 'o', 'c', ' ', ' ', ' ', ' '}};

void LEGACY(centre_)(char *texte, int *n, double *x, char *mot, char *table, char *lettre, int *vrai, int *ier,
             size_t lg_texte, size_t lg_mot, size_t lg_table, size_t lg_lettre)
{
    size_t i;
    int j;
    for (i = 0; i < lg_texte / 2; i++) {
        char c = texte[i];
        texte[i] = texte[lg_texte - 1 - i];
        texte[lg_texte - 1 - i] = c;
    }
    for (j = 0; j < 3 * *n; j++)
        x[j] = -x[j];
    mot[0] = *lettre;
    table[4 * 2] = (char)('0' + lg_mot + lg_table + lg_lettre - 8);
    *vrai = !*vrai;
    bloc_.a[1] += 1;
    bloc_.k[1] = bloc_.k[0];
    bloc_.mot[7] = '!';
    *ier = *n > 2;
}

double LEGACY(module_)(double *z, float *w)
{
    float keep = w[0];
    w[0] = w[3];
    w[3] = keep;
    return z[0] * z[0] + z[1] * z[1];
}

#ifdef __GNUC__
__extension__ double __complex__ LEGACY(conj_)(double *z)
{
    __extension__ double __complex__ answer;
    ((double *)&answer)[0] = z[0];
    ((double *)&answer)[1] = -z[1];
    return answer;
}
#endif

void LEGACY(nom_)(char *answer, size_t length, int *k)
{
    memset(answer, ' ', length);
    answer[0] = (char)('A' + *k);
    answer[length - 1] = '.';
}
