/* @flags -O3 -fno-semantic-interposition */
/* The compiler makes copies of routines for what it knows of their arguments. */
/* @expect weighted: +H302@weighted.constprop -H306 partly */
/* @expect unweighted: -H302 -H306 yes */
__attribute__((noinline)) int weighted(const int *values, int count, int kind)
{
  int sum = 0;
  for (int i = 0; i < count; i++)
    sum += kind == 1 ? values[i] * 2 : kind == 2 ? values[i] * 3 : values[i] / (kind + 1);
  return sum;
}
int both(const int *values, int count) { return weighted(values, count, 1) + weighted(values, count, 1); }

__attribute__((noinline, noclone)) int unweighted(const int *values, int count, int kind)
{
  int sum = 0;
  for (int i = 0; i < count; i++)
    sum += kind == 1 ? values[i] * 2 : kind == 2 ? values[i] * 3 : values[i] / (kind + 1);
  return sum;
}
int both_un(const int *values, int count) { return unweighted(values, count, 1) + unweighted(values, count, 1); }

/* Nobody else can call it, so that only the copy is left. */
/* @expect only_copy: +H306@only_copy.constprop -H302 -H305 no */
static __attribute__((noinline)) int only_copy(const int *values, int count, int kind)
{
  int sum = 0;
  for (int i = 0; i < count; i++)
    sum += kind == 1 ? values[i] * 5 : kind == 2 ? values[i] * 7 : values[i] / (kind + 3);
  return sum;
}
int both_only(const int *values, int count) { return only_copy(values, count, 2) + 1; }
