/* mesure.c */
long mesurer(long n)
{
  return 7 * n + 1;
}
