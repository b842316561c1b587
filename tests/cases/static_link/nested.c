/* A nested function of GNU C: it finds `total` and `seen` through the address in r10. */
#include <stdio.h>

__attribute__((noinline)) long apply(long (*f)(long), long n)
{
    long i, all = 0;
    for (i = 0; i < n; i++)
        all += f(i);
    return all;
}

__attribute__((noinline)) long enclose(long n, long weight)
{
    long seen = 0;
    __attribute__((noinline)) long inner(long x)
    {
        seen++;
        return x * weight + seen;
    }
    long direct = inner(n);
    /* Through a trampoline on the stack. */
    long handed = apply(inner, n);
    return direct * 1000 + handed * 10 + seen;
}

/* Deeper: two frames to walk. */
__attribute__((noinline)) double outer(double a)
{
    double b = a / 2;
    __attribute__((noinline)) double middle(double c)
    {
        double d = c + b;
        __attribute__((noinline)) double innermost(double e)
        {
            b += 1;
            d -= e;
            return d * a;
        }
        return innermost(c) + innermost(b) + d;
    }
    return middle(3) + middle(b) + b;
}

int main(void)
{
    long n;
    for (n = 0; n < 5; n++)
        printf("%ld %ld\n", n, enclose(n, 7 - n));
    printf("%.17g %.17g\n", outer(1.25), outer(-8));
    return 0;
}
