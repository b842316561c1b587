/* @flags -g0 -frecord-gcc-switches -ffast-math */
/* Without debug information, but with the options left in the image. */
/* @expect remembered: +H330@-ffast-math -H332 partly */
double remembered(double a, double b) { return a / b + a; }
