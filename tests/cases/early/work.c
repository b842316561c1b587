/* work.c - the library's routine */
long early_work(long n)
{
  return 3 * n * n - n;
}
