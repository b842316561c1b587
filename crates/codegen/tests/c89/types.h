/* The types as a legacy program has them, beside the contract and not made of it. */
#include <limits.h>
#include <stddef.h>

typedef signed char I8;
typedef unsigned char U8;
typedef short I16;
typedef unsigned short U16;
/* Eight bytes of which nobody here looks at the number. */
#if LONG_MAX > 2147483647L
typedef long I64;
#else
__extension__ typedef long long I64;
#endif

typedef struct petits {
    I8 a;
    U16 b;
    char c;
    U8 d;
    int e;
    double f;
} petits;

typedef struct champs {
    unsigned bas : 3;
    signed int signe : 5;
    unsigned haut : 24;
    unsigned reste;
} champs;

typedef struct tout {
    char nom[12];
    unsigned teinte;
    float grille[2][3];
    U8 adresse[8];
    petits petits[2];
    champs champs;
    I64 long_, non_signe;
    I16 courts[4];
    double z[2];
    float zs[4];
    double fin;
    U8 dernier;
} tout;

typedef struct bloc_type {
    double a[3];
    int k[2];
    char mot[8];
} bloc_type;

#ifdef STUBBED
#define LEGACY(name) legacy_##name
#else
#define LEGACY(name) name
#endif

extern petits formes_etat;
extern int formes_compte, ecrites;
extern bloc_type bloc_;
