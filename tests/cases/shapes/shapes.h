/* shapes.h */
#include <complex.h>
#include <stdbool.h>

struct small { int a, b; };
struct mixed { double x; long n; };
struct large { double v[5]; int n; };

void forty(int i1, int i2, int i3, int i4, int i5, int i6, int i7, int i8, double d1, double d2, double d3, double d4,
           double d5, double d6, double d7, double d8, double d9, double d10, double d11, double d12, double d13,
           double d14, double d15, double d16, double d17, double d18, double d19, double d20, double d21, double d22,
           double d23, double d24, double d25, double d26, double d27, double d28, double d29, double d30, double d31,
           short last);
double ten_doubles(double a, double b, double c, double d, double e, double f, double g, double h, double i, double j);
float ten_floats(float a, float b, float c, float d, float e, float f, float g, float h, float i, float j);
long double longer(long double x, int k);
double complex turn(double complex z, double angle);
float complex turn_float(float complex z);
struct small swap(struct small s);
struct mixed mix(struct mixed m, int k);
struct large grow(struct large l, double f);
bool flip(bool a, char c, unsigned char u, short s, unsigned short w);
float half(float x);
signed char narrow(long long big, unsigned long long huge);
