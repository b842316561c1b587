/* pair.h - what pair.c offers */
#ifndef WIDTH
#define WIDTH 16
#endif

typedef double wide __attribute__((vector_size(WIDTH)));

long combine_long(long a, long b, long c, long d, long e);
double combine_double(double a, double b, double c, double d);
void combine_wide(const wide *from, wide *to, double x);
