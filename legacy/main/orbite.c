/* orbite.c - appels de la dynamique du vol (Fortran) */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include "sccs.h"
#include "flight_dynamics.h"
#include "jour.h"

static const char sccs_id[] SCCS_GARDE = "@(#)orbite.c 2.5 98/12/01 CMP";

#define DEG          57.29577951308232
#define DEUX_PI      6.283185307179586
#define NB_POINTS    1441
#define PAS_EPH      60.0

static const int32_t six = 6, un = 1, axe_z = 3;

/* valeur d'un mot-clé ; l'erreur la plus grave est gardée dans *ier */
static double mot(const char *nom, int32_t *ier)
{
    double  v = 0.0;
    int32_t e = 0;

    valmot_(nom, &v, &e, strlen(nom));
    if (e < *ier)
        *ier = e;
    return v;
}

/* chaîne Fortran complétée par des blancs -> chaîne C */
static void couper(char *s, size_t lg)
{
    while (lg > 0 && s[lg - 1] == ' ')
        lg--;
    s[lg] = '\0';
}

/* éléments circulaires d'un bulletin NORAD ; le mot-clé A l'emporte sur N */
static void elements(bulletin *b, int32_t *ier)
{
    double  kep[6], xn, a = 0.0;
    int32_t absent = 0, kozai = 1;

    kep[1] = mot("TLE_E", ier);
    kep[2] = mot("TLE_I", ier) / DEG;
    kep[3] = mot("TLE_POM", ier) / DEG;
    kep[4] = mot("TLE_GOM", ier) / DEG;
    kep[5] = mot("TLE_M", ier) / DEG;
    kep[0] = mot("A", &absent);
    if (absent < 0) {
        xn = mot("TLE_N", ier) * DEUX_PI / JOUR_S;
        if (*ier < 0)
            return;
        amoytl_(&xn, &kep[1], &kep[2], &kozai, &a, ier);
        kep[0] = a;
    }
    if (*ier >= 0)
        kepcir_(&six, kep, b->eltm, ier);
}

/* cycle, fenêtre et propulsion */
static void reglages(bulletin *b, int32_t *ier)
{
    int32_t absent = 0;

    phase_.nrev = (int32_t)mot("CYCLE_REV", ier);
    phase_.njour = (int32_t)mot("CYCLE_JOURS", ier);
    phase_.xlon0 = mot("LONGITUDE_REF", ier) / DEG;
    phase_.demfen = mot("DEMI_FENETRE", ier);
    b->fenetre = phase_.demfen;
    b->dadt = mot("DA_DT", ier);
    b->pression = mot("PRESSION", ier);
    b->temperature = mot("TEMPERATURE", ier);
    b->ecart = mot("ECART_TRACE", &absent);
    b->ecart_connu = absent == 0;
}

static int32_t texte_mot(const char *nom, char *texte, size_t lg)
{
    int32_t ier = 0;

    texmot_(nom, texte, &ier, strlen(nom), lg - 1);
    if (ier >= 0)
        couper(texte, lg - 1);
    return ier;
}

/* lit la journée, puis ramène le bulletin à 0h */
int orb_lire(const char *fichier, bulletin *b)
{
    char    texte[32];
    double  cdg[3];
    int32_t n = 0, ier = 0;

    memset(b, 0, sizeof *b);
    lecjou_(fichier, &n, &ier, strlen(fichier));
    if (ier < 0)
        return ier;
    if ((ier = texte_mot("SATELLITE", b->satellite, sizeof b->satellite)) < 0
        || (ier = texte_mot("DATE", texte, sizeof texte)) < 0)
        return ier;
    lecdat_(texte, &b->jj50, &b->sec, &ier, strlen(texte));
    if (ier < 0)
        return ier;
    ier = 0;
    inicst_("STANDARD", &ier, 8);
    elements(b, &ier);
    if (ier < 0)
        return ier;
    ier = 0;
    reglages(b, &ier);
    if (ier < 0)
        return ier;
    masini_(b->satellite, &b->masse, cdg, &ier, strlen(b->satellite));
    return ier < 0 ? ier : orb_avancer(b, -b->sec / JOUR_S);
}

/* l'écart de trace donné suit la dérive calculée */
static int32_t deriver(bulletin *b, double jours)
{
    double  dldt = 0.0, d2ldt2 = 0.0;
    int32_t ier = 0;

    dertra_(&b->eltm[0], &b->eltm[3], &b->dadt, &phase_.nrev, &phase_.njour,
            &dldt, &d2ldt2, &ier);
    b->ecart += jours * (dldt + 0.5 * d2ldt2 * jours);
    return ier;
}

/* bulletin du jour suivant : osculateurs à la date, puis retour aux moyens */
int orb_avancer(bulletin *b, double jours)
{
    double  pos[3], vit[3], osc[6], sec = b->sec, dt = jours * JOUR_S;
    int32_t jj = b->jj50, niter, ier = 0;

    ajdat_(&jj, &sec, &dt);
    ehprop_(&b->jj50, &b->sec, b->eltm, &jj, &sec, pos, vit, osc, &ier);
    if (ier < 0)
        return ier;
    ehmoy_(&jj, &sec, osc, b->eltm, &niter, &ier);
    if (ier < 0)
        return ier;
    if (jours > 0.0)
        ier = deriver(b, jours);
    b->eltm[0] += b->dadt * jours;
    b->jj50 = jj;
    b->sec = sec;
    return ier;
}

int orb_demarrer(const bulletin *b)
{
    int32_t ier = 0;

    ehinit_(&b->jj50, &b->sec, b->eltm, &ier);
    return ier;
}

int orb_position(const bulletin *b, double t, position *p)
{
    double  dt = t - b->sec, ang, sec = t;
    int32_t jj = b->jj50, ier = 0;

    p->t = t;
    ehposv_(&dt, p->pos, p->vit, &ier);
    if (ier < 0)
        return ier;
    if (sec >= JOUR_S) {
        sec -= JOUR_S;
        jj++;
    }
    ang = tsveis_(&jj, &sec);
    memcpy(p->ter, p->pos, sizeof p->ter);
    rotax_(&un, p->ter, &axe_z, &ang, &ier);
    return ier;
}

void orb_editer(const bulletin *b, const position *p)
{
    double  osc[6], dosc[6], kep[6], dt = p->t - b->sec;
    int32_t ier = 0;

    ehosc_(&dt, osc, dosc, &ier);
    cirkep_(&six, osc, kep, &ier);
    printf("  bulletin t %8.1f a %12.3f e %.7f i %9.5f gom %9.5f pso %9.5f\n",
           p->t, kep[0], kep[1], kep[2] * DEG, kep[4] * DEG,
           fmod(osc[5] * DEG, 360.0));
    printf("    pos %14.3f %14.3f %14.3f vit %10.5f %10.5f %10.5f\n",
           p->pos[0], p->pos[1], p->pos[2], p->vit[0], p->vit[1], p->vit[2]);
}

/* attitude géocentrique sur le premier dixième de la journée */
static void attitudes(const double *x, const double *v)
{
    double  att[4] = { 0.0, 0.0, 0.0, 0.0 }, ecart = 0.0, derive = 0.0;
    double  pas = PAS_EPH;
    int32_t n = NB_POINTS / 10, ier = 0;

    attjou_(&n, &pas, x, v, att, &ecart, &derive, &ier);
    printf("  attitude %.6f %.6f %.6f %.6f ecart %.8f derive %.6f code %d\n", att[0],
           att[1], att[2], att[3], ecart, derive, (int)ier);
    attgeo_(x, v, att, &ier);
}

/* jour, décroissance par le frottement et stabilité du filtre de bord */
static void frottement(const bulletin *b, const double *t, int32_t nb)
{
    static const double surface = 12.0, cx = 2.2, ae = 6378137.0;
    double _Complex     zc[3] = { 0.015625, -0.21875, 1.0 }, z, fz;
    double              alt = b->eltm[0] - ae, dadt = 0.0, periode = 0.0, ecart;
    int32_t             actif = 1, deux = 2, garde = 6, an = 2002, ier = 0, npt, i;
    char                jour[9], heure[9];

    decroi_(&b->eltm[0], &ae, &b->masse, &surface, &cx, &actif, &dadt, &ier);
    moyini_(&garde);
    for (i = 1; i < nb; i++) {
        ecart = t[i] - t[i - 1];
        moyajt_(&ecart);
    }
    moyval_(&periode, &npt);
    nomjou_(jour, 8, &b->jj50);
    couper(jour, 8);
    chahms_(&periode, heure, 8);
    couper(heure, 8);
    z = 0.3 + 0.4i;
    fz = zpoly_(&deux, zc, &z);
    printf("  %s, frottement %.3f m/j (%.3e kg/m3, %.0f m), periode %s sur %d, "
           "bissextile %d, filtre %.6f%+.6fi\n", jour, dadt, densit_(&alt),
           hautec_(&alt), heure, (int)npt, (int)lbissx_(&an), __real__ fz,
           __imag__ fz);
}

/* écarts de trace aux noeuds de la journée ; rend leur nombre */
static int noeuds(const bulletin *b, double *t, double *ecart, int32_t *ier)
{
    static double x[NB_POINTS][3], v[NB_POINTS][3];
    double        xlon[NB_NOEUDS], pas = PAS_EPH;
    int32_t       n = NB_POINTS, nmax = NB_NOEUDS, nb = 0, iorb, e, i;

    ephjou_(&b->jj50, &b->sec, b->eltm, &pas, &n, &x[0][0], &v[0][0], ier);
    if (*ier < 0)
        return 0;
    noejou_(&b->jj50, &b->sec, &pas, &n, &x[0][0], &v[0][0], &nmax, &nb, t,
            xlon, ier);
    if (*ier < 0)
        return 0;
    attitudes(&x[0][0], &v[0][0]);
    for (i = 0; i < nb; i++) {
        ecatra_(&xlon[i], &iorb, &ecart[i], &e);
        printf("  noeud %2d t %9.3f longitude %9.5f orbite %3d ecart %10.2f m\n",
               (int)i + 1, t[i], xlon[i] * DEG, (int)iorb, ecart[i]);
    }
    return nb;
}

/* dérive de la trace et prochaine manoeuvre */
int orb_trace(const bulletin *b, manoeuvre *m)
{
    double  t[NB_NOEUDS], ecart[NB_NOEUDS], moyenne = 0.0, ect = 0.0;
    double  dldt = 0.0, d2ldt2 = 0.0;
    int32_t nb, ier = 0, force = 0;

    nb = noeuds(b, t, ecart, &ier);
    if (ier < 0)
        return ier;
    moyect_(&nb, ecart, &moyenne, &ect, &ier);
    if (ier < 0)
        return ier;
    frottement(b, t, nb);
    dertra_(&b->eltm[0], &b->eltm[3], &b->dadt, &phase_.nrev, &phase_.njour,
            &dldt, &d2ldt2, &ier);
    if (ier < 0)
        return ier;
    printf("  trace : ecart moyen %.2f m (%.2f), derive %.3f m/j, %.5f m/j2\n",
           moyenne, ect, dldt, d2ldt2);
    m->jj50 = b->jj50;
    m->sec = b->sec;
    if (b->ecart_connu)
        moyenne = b->ecart;
    proman_(&b->jj50, &b->sec, &b->eltm[0], &b->eltm[3], &moyenne, &b->dadt,
            &b->fenetre, &force, &m->jj50, &m->sec, &m->da, &m->dv, &ier);
    if (ier < 0)
        return ier;
    printf("  prochaine manoeuvre : code %d\n", (int)ier);
    m->prevue = ier != 3;
    m->duree = fabs(m->dv) * b->masse / POUSSEE;
    return TM_OK;
}
