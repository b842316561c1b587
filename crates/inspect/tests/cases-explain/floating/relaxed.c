/* @flags -ffast-math */
/* @expect relaxed: +H330 -H331 */
double relaxed(double a, double b) { return a / b + a; }
