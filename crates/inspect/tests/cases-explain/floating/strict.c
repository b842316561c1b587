/* @expect strict: -H330 -H331 -H332 -H333 -H335 -H337 */
/* @expect wide: +H332@strict.c:6 */
double strict(double a, double b) { return a / b + a; }

double wide(long double a, double b)
{ return a * b; }
/* @expect strict: -H338 -H334 */
