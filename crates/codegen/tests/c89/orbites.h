/* The legacy side of orbites.toml. */
typedef struct ev {
    long orbite;
    unsigned long nombre;
    double t;
} ev;

extern long derniere;
extern int orbites_ici;
extern int suivante(long *orbite, ev *e, unsigned long *n, long *liste);
