/* What the owner of the component ships. */
#include <stddef.h>
void eck_hec_(const int *n, const double *elt, const double *dt, double *pos, const char *tag, int *ier, size_t l);
double jj_cal_(const int *jj, int *jour, int *lbis);
