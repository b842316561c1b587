/* @flags -mfpmath=387 */
/* @expect old: +H332 */
double old(double a, double b) { return a * b + a; }
