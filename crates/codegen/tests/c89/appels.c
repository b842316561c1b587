/* A legacy program: calls every routine and prints all that it sees afterwards, the same text on every machine. */
#include "types.h"
#include <stdio.h>
#include <string.h>

extern double scalaires(I8, U8, I16, U16, int, unsigned, float, double, U8, char, unsigned, I8 *, U16 *, I64 *, I64 *,
                        float *, double *, double *);
extern int tableaux(int, I16 *, double *, float *, U8 *, I16 *, I64 *, unsigned *, char *, U8 *);
extern petits enregistrements(tout *, int, tout *, petits);
extern void textes(char *, char *, double *, int, int *, void *, int *);
extern int etats(double);
extern int ecrire(int);
extern int strict(int);
extern void centre_(char *, int *, double *, char *, char *, char *, int *, int *, size_t, size_t, size_t, size_t);
extern double module_(double *, float *);
extern void nom_(char *, size_t, int *);

static void bytes(const char *name, const void *value, size_t size, size_t count)
{
    static const unsigned one = 1;
    const unsigned char *at = (const unsigned char *)value;
    size_t i, j;
    printf("%s", name);
    for (i = 0; i < count; i++) {
        printf(" ");
        for (j = 0; j < size; j++)
            printf("%02x", at[i * size + (*(const unsigned char *)&one ? size - 1 - j : j)]);
    }
    printf("\n");
}

static void print_petits(const char *name, petits *p)
{
    printf("%s %d %u %d %u %d", name, p->a, p->b, p->c, p->d, p->e);
    bytes("", &p->f, 8, 1);
}

static void print_tout(tout *t)
{
    printf("tout %.12s %u\n", t->nom, t->teinte);
    bytes("grille", t->grille, 4, 6);
    bytes("adresse", t->adresse, 1, 8);
    print_petits("petits", t->petits);
    print_petits("petits", t->petits + 1);
    printf("champs %u %d %u %u\n", t->champs.bas, t->champs.signe, t->champs.haut, t->champs.reste);
    bytes("long", &t->long_, 8, 2);
    bytes("courts", t->courts, 2, 4);
    bytes("z", t->z, 8, 2);
    bytes("zs", t->zs, 4, 4);
    bytes("fin", &t->fin, 8, 1);
    printf("dernier %u\n", t->dernier);
}

static void fill(tout *t, int seed)
{
    int i;
    memset(t, 0, sizeof *t);
    sprintf(t->nom, "nom %d", seed);
    for (i = 0; i < 6; i++)
        t->grille[i / 3][i % 3] = (float)(seed + i) / 7.0f;
    for (i = 0; i < 8; i++)
        t->adresse[i] = (U8)(seed * 8 + i);
    t->petits[0].a = (I8)-seed;
    t->petits[0].b = (U16)(65535 - seed);
    t->petits[0].c = 'x';
    t->petits[1].d = 1;
    t->petits[1].e = -1000000 * seed;
    t->petits[1].f = 1e300 / (double)(seed + 1);
    t->champs.bas = 7;
    t->champs.signe = -16 + seed;
    t->champs.haut = 0xabcdef;
    t->champs.reste = 0xffffffffu;
    t->long_ = (I64)-seed;
    t->courts[0] = -32768;
    t->z[1] = -0.0;
    t->zs[3] = 1e30f;
    t->fin = 4.9e-324;
    t->dernier = 200;
}

static void run_scalars(void)
{
    I8 sa = -100;
    U16 sb = 65000;
    I64 sc = (I64)-2, sd = 0;
    float se = 0.1f;
    double sf = 0.0, sg[2], answer;
    sg[0] = 1.5;
    sg[1] = -0.25;
    answer = scalaires(-7, 250, -32768, 65535, -2147483647 - 1, 4294967295u, 1.25f, 1.0 / 3.0, 1, 'z', 1, &sa, &sb, &sc,
                       &sd, &se, &sf, sg);
    bytes("scalaires", &answer, 8, 1);
    printf("%d %u\n", sa, sb);
    bytes("sc", &sc, 8, 1);
    bytes("sd", &sd, 8, 1);
    bytes("se", &se, 4, 1);
    bytes("sf", &sf, 8, 1);
    bytes("sg", sg, 8, 2);
}

static void run_arrays(int n, int m)
{
    double x[4];
    float y[12];
    U8 octets[9], vrais[3];
    I16 mots[5], m16 = (I16)m;
    I64 longs[5];
    unsigned fixes[5];
    char nom[6];
    int i, status;
    static const unsigned nan[2] = {0x7ff12345u, 0x7ff12345u};
    for (i = 0; i < 4; i++)
        x[i] = 0.1 * (double)(i + 1);
    memset(y, 0x55, sizeof y);
    /* A NaN with a payload that nobody writes to keeps it. */
    memcpy(y + 11, nan, 4);
    for (i = 0; i < 9; i++)
        octets[i] = (U8)(250 + i);
    for (i = 0; i < 5; i++) {
        mots[i] = (I16)(-3 * i);
        longs[i] = (I64)i - 2;
    }
    memset(fixes, 0, sizeof fixes);
    memset(nom, ' ', sizeof nom);
    memset(vrais, 1, sizeof vrais);
    status = tableaux(n, &m16, x, y, octets, mots, longs, fixes, nom, vrais);
    printf("tableaux %d\n", status);
    bytes("y", y, 4, 12);
    bytes("octets", octets, 1, 9);
    bytes("mots", mots, 2, 5);
    bytes("longs", longs, 8, 5);
    bytes("fixes", fixes, 4, 5);
    printf("%.6s %d%d%d\n", nom, vrais[0], vrais[1], vrais[2]);
}

static void run_records(int n)
{
    tout un, liste[3];
    petits p, answer;
    int i;
    fill(&un, 9);
    for (i = 0; i < 3; i++)
        fill(liste + i, i + 1);
    memset(&p, 0, sizeof p);
    p.a = -1;
    p.b = 2;
    p.c = 'p';
    p.e = 77;
    p.f = 2.5;
    answer = enregistrements(&un, n, liste, p);
    print_petits("enregistrements", &answer);
    print_tout(&un);
    for (i = 0; i < 3; i++)
        print_tout(liste + i);
}

static void run_texts(void)
{
    int lg = 0, liste[4];
    double rien = 1.0;
    memset(liste, 7, sizeof liste);
    textes("bonjour", 0, 0, 3, 0, 0, &lg);
    printf("textes %d\n", lg);
    textes("", "ici", &rien, 3, liste, &lg, &lg);
    printf("textes %d\n", lg);
    bytes("rien", &rien, 8, 1);
    bytes("liste", liste, 4, 4);
}

static void run_state(void)
{
    int i;
    for (i = 0; i < 3; i++)
        printf("etats %d\n", etats(0.25));
    print_petits("etat", &formes_etat);
    printf("compte %d\n", formes_compte);
    printf("strict %d %d\n", strict(1), strict(-1));
}

static void run_fortran(void)
{
    char texte[11], mot[8], table[12], answer[8];
    double x[9], z[2], r;
    float w[4];
    int n = 3, vrai = 1, ier = 5, k = 3, i;
    memcpy(texte, "un texte...", 11);
    memcpy(mot, "motdefin", 8);
    memcpy(table, "aaaabbbbcccc", 12);
    for (i = 0; i < 9; i++)
        x[i] = (double)i - 4.5;
    centre_(texte, &n, x, mot, table, "L", &vrai, &ier, 11, 8, 4, 1);
    printf("centre %.11s %.8s %.12s %d %d\n", texte, mot, table, vrai, ier);
    bytes("x", x, 8, 9);
    bytes("bloc", bloc_.a, 8, 3);
    printf("%d %d %.8s\n", bloc_.k[0], bloc_.k[1], bloc_.mot);
    z[0] = 3.0;
    z[1] = 4.0;
    for (i = 0; i < 4; i++)
        w[i] = (float)i;
    r = module_(z, w);
    bytes("module", &r, 8, 1);
    bytes("w", w, 4, 4);
    nom_(answer, 8, &k);
    printf("nom %.8s\n", answer);
}

int main(void)
{
    run_scalars();
    run_arrays(3, 4);
    run_arrays(0, 1);
    run_arrays(-1, -5);
    run_records(0);
    run_records(3);
    run_texts();
    run_state();
    run_fortran();
    return 0;
}
