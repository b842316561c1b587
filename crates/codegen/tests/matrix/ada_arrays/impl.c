#include <ctype.h>
#include "ada_arrays.h"

static int length(const cmp_bounds_i32 *b)
{
    return b->last < b->first ? 0 : b->last - b->first + 1;
}

double ada_arrays__sum(ada_arrays_f64_array v)
{
    double sum = 0;
    int i;
    for (i = 0; i < length(v.bounds); i++)
        sum += v.data[i];
    return sum;
}

cmp_i32 ada_arrays__greatest(ada_arrays_f64_array v)
{
    int i, greatest = -1;
    for (i = 0; i < length(v.bounds); i++)
        if (greatest < 0 || v.data[i] > v.data[greatest])
            greatest = i;
    return v.bounds->first + greatest;
}

void ada_arrays__scale(ada_arrays_f64_array v, double k)
{
    int i;
    for (i = 0; i < length(v.bounds); i++)
        v.data[i] *= k;
}

void ada_arrays__number(ada_arrays_i32_array v)
{
    int i;
    for (i = 0; i < length(v.bounds); i++)
        v.data[i] = v.bounds->first + i;
}

void ada_arrays__upper(ada_arrays_char_array s, ada_arrays_char_array t)
{
    int i;
    for (i = 0; i < length(t.bounds); i++)
        t.data[i] = (char)(i < length(s.bounds) ? toupper(s.data[i]) : ' ');
}

cmp_i32 ada_arrays__tally(char c, ada_arrays_char_array s)
{
    int i, count = 0;
    for (i = 0; i < length(s.bounds); i++)
        count += s.data[i] == c;
    return count;
}

double ada_arrays__moment(ada_arrays_f64_array_2 m)
{
    double sum = 0;
    int i, j, columns = length(&m.bounds[1]);
    for (i = 0; i < length(&m.bounds[0]); i++)
        for (j = 0; j < columns; j++)
            sum += (m.bounds[1].first + j) * m.data[i * columns + j];
    return sum;
}

cmp_i32 ada_arrays__checksum(ada_arrays_u8_array_by_u8 o)
{
    int i, sum = 0;
    for (i = 0; i <= o.bounds->last - o.bounds->first; i++)
        sum += o.data[i];
    return sum;
}

double ada_arrays__apart(cmp_i32 a, cmp_i32 b, ada_arrays_f64_array v, cmp_i32 c, ada_arrays_f64_array w, cmp_i32 d)
{
    return (a + b + c + d) * ada_arrays__sum(w) + 5 * ada_arrays__sum(v);
}
