/*
 * routines.c - one routine for each way in which arguments and results travel.
 * Each prints what it got, as main prints what came back.
 */
#include <stdio.h>
#include "shapes.h"

void forty(int i1, int i2, int i3, int i4, int i5, int i6, int i7, int i8, double d1, double d2, double d3, double d4,
           double d5, double d6, double d7, double d8, double d9, double d10, double d11, double d12, double d13,
           double d14, double d15, double d16, double d17, double d18, double d19, double d20, double d21, double d22,
           double d23, double d24, double d25, double d26, double d27, double d28, double d29, double d30, double d31,
           short last)
{
  printf("forty {\"i1\": %d, \"i6\": %d, \"i7\": %d, \"i8\": %d, \"d1\": %.17g, \"d8\": %.17g, \"d9\": %.17g, "
         "\"d20\": %.17g, \"d31\": %.17g, \"last\": %d}\n",
         i1, i6, i7, i8, d1, d8, d9, d20, d31, last);
  (void)i2, (void)i3, (void)i4, (void)i5, (void)d2, (void)d3, (void)d4, (void)d5, (void)d6, (void)d7, (void)d10;
  (void)d11, (void)d12, (void)d13, (void)d14, (void)d15, (void)d16, (void)d17, (void)d18, (void)d19, (void)d21;
  (void)d22, (void)d23, (void)d24, (void)d25, (void)d26, (void)d27, (void)d28, (void)d29, (void)d30;
}

double ten_doubles(double a, double b, double c, double d, double e, double f, double g, double h, double i, double j)
{
  printf("ten_doubles {\"a\": %.17g, \"h\": %.17g, \"i\": %.17g, \"j\": %.17g}\n", a, h, i, j);
  return a + 2 * b + 3 * c + 4 * d + 5 * e + 6 * f + 7 * g + 8 * h + 9 * i + 10 * j;
}

float ten_floats(float a, float b, float c, float d, float e, float f, float g, float h, float i, float j)
{
  printf("ten_floats {\"a\": %.9g, \"h\": %.9g, \"i\": %.9g, \"j\": %.9g}\n", a, h, i, j);
  return a + b - c + d - e + f - g + h - i + j;
}

long double longer(long double x, int k)
{
  printf("longer {\"k\": %d}\n", k);
  return x * k + 0.5L;
}

double complex turn(double complex z, double angle)
{
  printf("turn {\"angle\": %.17g}\n", angle);
  return z * (angle + I);
}

float complex turn_float(float complex z)
{
  printf("turn_float {}\n");
  return z * 2.0f + 1.0f * I;
}

struct small swap(struct small s)
{
  struct small r = {s.b, s.a};
  printf("swap {\"s\": {\"a\": %d, \"b\": %d}}\n", s.a, s.b);
  return r;
}

struct mixed mix(struct mixed m, int k)
{
  struct mixed r = {m.x * k, m.n + k};
  printf("mix {\"m\": {\"x\": %.17g, \"n\": %ld}, \"k\": %d}\n", m.x, m.n, k);
  return r;
}

struct large grow(struct large l, double f)
{
  int i;
  printf("grow {\"f\": %.17g, \"l\": {\"n\": %d}}\n", f, l.n);
  for (i = 0; i < 5; i++)
    l.v[i] = l.v[i] * f + i;
  l.n++;
  return l;
}

bool flip(bool a, char c, unsigned char u, short s, unsigned short w)
{
  printf("flip {\"a\": %s, \"u\": %u, \"s\": %d, \"w\": %u}\n", a ? "true" : "false", u, s, w);
  return !a && c == 'x';
}

float half(float x)
{
  printf("half {\"x\": %.9g}\n", x);
  return x / 2;
}

signed char narrow(long long big, unsigned long long huge)
{
  printf("narrow {\"big\": %lld, \"huge\": %llu}\n", big, huge);
  return (signed char)(big % 100);
}
