/* @(#) fortran.c acceptance kit of cmp-bridge: the local Fortran compiler's names, texts, COMMON and LOGICAL */
#include "kit.h"
#include <string.h>
#ifdef KIT_PLAIN
#define KITFOR kitfor
#define KITVRA kitvra
#define KITCOM kitcom
#define KITODD kitodd
#else
#define KITFOR kitfor_
#define KITVRA kitvra_
#define KITCOM kitcom_
#define KITODD kitodd_
#endif

extern struct { double d1, d2[3]; int i1, i2; } KITCOM;
extern unsigned char KITODD[];
#ifdef KIT_LENGTH_IS_INT
extern void KITFOR(char *text, int *n, double *x, char *other, int text_length, int other_length);
#else
extern void KITFOR(char *text, int *n, double *x, char *other, size_t text_length, size_t other_length);
#endif
extern int KITVRA(int *i);

int main(void)
{
    char text[24], other[8];
    int n = 0, yes = 1, no = -1, seven;
    double x = 0.0, eight = 0.0;
#ifdef KIT_PLAIN
    kit_fact("Fortran names", "without underscore");
#else
    kit_fact("Fortran names", "with underscore");
#endif
    memset(text, ' ', sizeof text);
    memset(other, ' ', sizeof other);
    KITFOR(text, &n, &x, other, 24, 8);
    kit_equal("the hidden lengths come last, by value", 24008, n);
    kit_check("a double by address", x == 2.5, "2.5", "another");
    kit_check("COMMON: doubles, then integers",
              KITCOM.d1 == 1.0 && KITCOM.d2[2] == 4.0 && KITCOM.i1 == 5 && KITCOM.i2 == 6, "1 4 5 6", "others");
    memcpy(&seven, KITODD, sizeof seven);
    kit_equal("COMMON: an integer first", 7, seven);
    memcpy(&eight, KITODD + 8, sizeof eight);
    kit_fact("COMMON: a double behind an integer", eight == 8.0 ? "at 8, padded" : "not at 8");
    kit_number(".TRUE.", KITVRA(&yes));
    kit_number(".FALSE.", KITVRA(&no));
    return kit_end("fortran");
}
