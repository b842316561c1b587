extern int rate(void);
/* Called with one constant here: gcc makes scale.constprop.0 of it. */
__attribute__((noinline)) int scale(int x)
{
    int i, sum = 0;
    for (i = 0; i < x; i++)
        sum += rate();
    return sum;
}
int both(int x) { return scale(2) + x - 1; }
