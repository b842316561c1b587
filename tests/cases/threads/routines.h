/* routines.h */
long mix(long a, double b);
double fill(double *to, int n, double x);
long tick(long n);
long last(long n);
