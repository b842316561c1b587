/* What compilers emit: no expectation of lengths, they differ with the flags.
#! t_global: moved
#! t_exported: moved
#! t_calls: moved
#! t_recursion: moved
#! t_loop: moved
#! t_double: moved
#! t_early_return: moved
#! t_local_array: moved
#! t_many: moved
#! t_pointer: moved
#! variadic: H222
*/
#include <stdarg.h>

static long hidden = 3;
long exported = 5;
__attribute__((noinline)) long helper(long x) { return x * 7 + hidden; }
static long (*volatile pointer)(long) = helper;

long t_global(char *p, long n) { hidden = n; return hidden * 2; }
long t_exported(char *p, long n) { return exported + n; }
long t_calls(char *p, long n) { return helper(n) - helper(3); }
long t_recursion(char *p, long n) { return (n & 7) ? 1 + t_recursion(p, (n & 7) - 1) * 2 : 0; }
long t_loop(char *p, long n)
{
    long sum = 0;
    for (long i = 0; i < 256; i++)
        sum += helper(p[i]) ^ n; /* a call: without it -Os loops to the fourth byte, which is refused */
    return sum;
}
double t_double(char *p, long n, double x) { return n ? x * 1.5 + n : x; }
long t_early_return(char *p, long n)
{
    if (n <= 0)
        return -1;
    p[0] = 1;
    return helper(n);
}
long t_local_array(char *p, long n)
{
    char copy[64];
    for (int i = 0; i < 64; i++)
        copy[i] = helper(p[i]) + n;
    return copy[n & 63];
}
long t_many(long a, long b, long c, long d, long e, long f) { return a - a + b * c + d * e - f; }
long t_pointer(char *p, long n) { return pointer(n) + 1; }

double variadic(int n, ...)
{
    va_list list;
    double sum = 0;
    va_start(list, n);
    while (n-- > 0)
        sum += va_arg(list, double);
    va_end(list);
    return sum;
}
