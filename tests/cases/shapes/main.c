/* main.c - calls every shape; a line `= name JSON` is what came back */
#include <stdio.h>
#include "shapes.h"

int main(void)
{
  int t;
  for (t = 1; t <= 3; t++) {
    double x = t + 0.1;
    struct small s = {t, -t}, s2;
    struct mixed m = {x, -7L * t}, m2;
    struct large l = {{x, x + 1, x + 2, x + 3, x + 4}, t}, l2;
    double complex z;
    float complex zf;
    long double y;

    forty(t, 2, 3, 4, 5, 6 * t, 7 * t, -t, x, 2, 3, 4, 5, 6, 7, 8 * x, 9 * x, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19,
          20 * x, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31 * x, (short)(-t * 1000));
    printf("= ten_doubles %.17g\n", ten_doubles(x, 2, 3, 4, 5, 6, 7, 8 * x, 9 * x, 10 * x));
    printf("= ten_floats %.9g\n", ten_floats((float)x, 2, 3, 4, 5, 6, 7, 8, 9.5f, (float)(10 * x)));
    y = longer(x, t);
    printf("= longer %.17g\n", (double)y);
    printf("long double to the last bit %La\n", y);
    z = turn(x - 2 * x * I, 0.25 * t);
    printf("= turn [%.17g, %.17g]\n", creal(z), cimag(z));
    zf = turn_float((float)x + 3 * I);
    printf("= turn_float [%.9g, %.9g]\n", crealf(zf), cimagf(zf));
    s2 = swap(s);
    printf("= swap {\"a\": %d, \"b\": %d}\n", s2.a, s2.b);
    m2 = mix(m, t);
    printf("= mix {\"x\": %.17g, \"n\": %ld}\n", m2.x, m2.n);
    l2 = grow(l, 1.5);
    printf("= grow {\"v\": [%.17g, %.17g, %.17g, %.17g, %.17g], \"n\": %d}\n", l2.v[0], l2.v[1], l2.v[2], l2.v[3],
           l2.v[4], l2.n);
    printf("= flip %s\n", flip(t == 2, t == 1 ? 'x' : 'y', 250, (short)-t, 65535) ? "true" : "false");
    printf("= half %.9g\n", half((float)x));
    printf("= narrow %d\n", narrow(-1234567890123LL * t, 0xffffffffffffff00ull + (unsigned)t));
  }
  return 0;
}
