/* Poignees, memoire rendue, fonctions rappelees. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    int rang;
    char nom[12];
} session;

typedef struct {
    double x;
    int n;
} mesure;

typedef struct {
    int n;
    double *valeurs;
} liste;

static int ouvertes;
static session *courante;

session *carried_ouvrir(int rang)
{
    session *s = rang < 0 ? NULL : malloc(sizeof *s);

    if (s != NULL) {
        s->rang = rang;
        strcpy(s->nom, "SPOT");
        ouvertes++;
        courante = s;
    }
    return s;
}

void carried_fermer(session *s)
{
    ouvertes--;
    free(s);
}

session *carried_meme(session *s) { return s; }

session *carried_courante(void) { return courante; }

liste *carried_liste_creer(int n)
{
    liste *l = malloc(sizeof *l);

    l->n = n;
    l->valeurs = calloc(n, sizeof *l->valeurs);
    return l;
}

void carried_liste_rendre(liste *l)
{
    free(l->valeurs);
    free(l);
}

mesure *carried_mesure_creer(double x)
{
    mesure *m = malloc(sizeof *m);

    m->x = x;
    m->n = 1;
    return m;
}

mesure *carried_mesure_double(double x) { return carried_mesure_creer(2 * x); }

void carried_mesure_rendre(mesure *m) { free(m); }

void carried_mesure_oublier(mesure *m) { free(m); }

int carried_ouvertes(void) { return ouvertes; }

const char *carried_nom(const session *s) { return s->nom; }

int carried_renommer(session *s, const char *nom)
{
    if (strlen(nom) >= sizeof s->nom)
        return -1;
    strcpy(s->nom, nom);
    return 0;
}

/* au receveur de la liberer par free */
char *carried_copie(const char *texte)
{
    return texte[0] == 0 ? NULL : strcpy(malloc(strlen(texte) + 1), texte);
}

static mesure derniere = { 2.5, 7 };

const mesure *carried_derniere(void) { return &derniere; }

const char *carried_devise(int rang) { return rang == 0 ? "per aspera" : NULL; }

int carried_parcourir(const double *x, int n, int (*f)(int rang, const double *x, void *a_vous), void *a_vous)
{
    int i;

    for (i = 0; i < n; i++)
        if (f(i, &x[i], a_vous) != 0)
            return i + 1;
    return 0;
}

double carried_appliquer(double (*f)(double), double (*g)(double), double x)
{
    return g == NULL ? f(x) : f(g(x));
}

/* rappelle dans un autre fil */
typedef struct {
    double (*f)(double);
    double x;
} travail;

static void *travailler(void *de)
{
    travail *t = de;

    t->x = t->f(t->x);
    return NULL;
}

double carried_ailleurs(double (*f)(double), double x)
{
    travail t = { f, x };
    pthread_t fil;

    if (pthread_create(&fil, NULL, travailler, &t) != 0 || pthread_join(fil, NULL) != 0)
        return -1;
    return t.x;
}

/* garde ce qu'on lui donne, pour plus tard */
static int (*gardee)(int rang, const double *x, void *a_vous);
static void *gardee_a;

void carried_inscrire(int (*f)(int rang, const double *x, void *a_vous), void *a_vous)
{
    gardee = f;
    gardee_a = a_vous;
}

int carried_tirer(double x) { return gardee == NULL ? -1 : gardee(0, &x, gardee_a); }

double carried_triangle(const double *x, int n)
{
    double somme = 0;
    int i;

    for (i = 0; i < n - 1; i++)
        somme += x[i];
    return somme;
}

int carried_longueurs(const unsigned char *buf, int buf_length, const int *nom, int *nom_length)
{
    *nom_length += nom[0];
    return buf == NULL ? -buf_length : buf[buf_length - 1];
}

/* sans x : -n ; sans nom : pas sa longueur */
int carried_optionnel(const double *x, int n, const char *nom)
{
    return (x == NULL ? -n : (int)x[n - 1]) + (nom == NULL ? 0 : 100 * (int)strlen(nom));
}

/* Rust appelle */

int carried_rust_parcourir(const double *x, int n, int (*f)(int rang, const double *x, void *a_vous), void *a_vous);
double carried_rust_appliquer(double (*f)(double), double (*g)(double), double x);
int carried_rust_optionnel(const double *x, int n, const char *nom);
const char *carried_rust_devise(int rang);

double carried_rust_triangle(const double *x, int n);
int carried_rust_gain(const double *x, double *y, int n);

double carried_hote_triangle(int n)
{
    double x[3] = { 1, 2, 4 };

    return carried_rust_triangle(x, n);
}

/* en place : hors du contrat */
int carried_hote_gain(int en_place, double *y)
{
    double x[3] = { 1, 2, 4 };

    return carried_rust_gain(en_place ? y : x, y, 3);
}

static int peser(int rang, const double *x, void *a_vous)
{
    *(double *)a_vous += (rang + 1) * *x;
    return *x < 0;
}

double carried_hote_parcourir(int *rendu)
{
    double x[4] = { 1, 2, -3, 100 }, somme = 0;

    *rendu = carried_rust_parcourir(x, 4, peser, &somme);
    return somme;
}

static double moitie(double x) { return x / 2; }
static double plus_un(double x) { return x + 1; }

double carried_hote_appliquer(int deux) { return carried_rust_appliquer(moitie, deux ? plus_un : NULL, 5); }

int carried_hote_optionnel(int quoi)
{
    double x[2] = { 3, 4 };

    return carried_rust_optionnel(quoi & 1 ? x : NULL, 2, quoi & 2 ? "abc" : NULL);
}

int carried_hote_devise(void)
{
    return strcmp(carried_rust_devise(0), "ad astra") == 0 && carried_rust_devise(1) == NULL;
}
