/* The routines, as C has them. */
#include "odd.h"

static place places[2] = {{1, 10}, {2, 20}};

place *find(cmp_i32 row)
{
    return row == 1 || row == 2 ? &places[row - 1] : 0;
}

cmp_i32 total(const place *all, cmp_i32 n)
{
    cmp_i32 i, sum = 0;
    for (i = 0; i < n; i++)
        sum += all[i].row + all[i].column;
    return sum;
}

cmp_i32 letters(const char *text, cmp_i32 n)
{
    cmp_i32 i, count = 0;
    for (i = 0; i < n; i++)
        count += text[i] != ' ';
    return count;
}

double window(const double *x, cmp_i32 first, cmp_i32 last, cmp_i32 *status)
{
    double sum = 0;
    cmp_i32 i;
    if (status)
        *status = last < 0 ? -3 : last < first;
    for (i = 0; i <= last - first; i++)
        sum += x[i];
    return sum;
}

cmp_i32 turn(const place *at)
{
    return at->row - at->column;
}

double corner(const double *m, cmp_i32 rows, cmp_i32 columns)
{
    return m[rows * columns - 1];
}

cmp_i32 spelt(const char *word)
{
    cmp_i32 length = 0;
    while (word[length])
        length++;
    return length;
}
