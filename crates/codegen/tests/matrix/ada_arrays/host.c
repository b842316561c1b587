#include <stdio.h>
#include "ada_arrays.h"

static ada_arrays_f64_array array(double *data, const cmp_bounds_i32 *bounds)
{
    ada_arrays_f64_array made;
    made.data = data;
    made.bounds = bounds;
    return made;
}

static ada_arrays_char_array text(char *data, const cmp_bounds_i32 *bounds)
{
    ada_arrays_char_array made;
    made.data = data;
    made.bounds = bounds;
    return made;
}

int main(void)
{
    double v[4] = { 1, 2, 2.5, 1 }, w[1] = { 2 }, s[3] = { 1, 2, 3 };
    double m[6] = { 1.5, 2.5, 3.5, 4.5, 5.5, 21.5 };
    cmp_bounds_i32 four = { 5, 8 }, one = { -3, -3 }, none = { 5, 4 }, three = { 100, 102 }, numbers = { -2, 1 };
    cmp_bounds_i32 columns[2] = { { 2, 3 }, { -1, 1 } }, word = { 1, 13 }, short_word = { 1, 3 }, room = { 21, 25 };
    cmp_bounds_i32 letter = { 1, 1 }, second = { 1, 8 }, empty = { 1, 0 };
    cmp_bounds_u8 high = { 250, 255 }, zero = { 0, 0 }, no_byte = { 2, 1 };
    cmp_u8 bytes[6] = { 255, 255, 255, 255, 255, 255 }, seven[1] = { 7 };
    cmp_i32 i[4];
    char t[6] = { 0 }, u[6] = { 0 };
    ada_arrays_i32_array integers;
    ada_arrays_f64_array_2 matrix;
    ada_arrays_u8_array_by_u8 a, b, c;

    printf("sum %d %d %d\n", (int)(100 * ada_arrays__sum(array(v, &four))), (int)(100 * ada_arrays__sum(array(w, &one))),
           (int)(100 * ada_arrays__sum(array(w, &none))));
    printf("greatest %d %d %d\n", ada_arrays__greatest(array(v, &four)), ada_arrays__greatest(array(w, &one)),
           ada_arrays__greatest(array(w, &none)));
    ada_arrays__scale(array(s, &three), 2.5);
    printf("scale %d %d %d\n", (int)(100 * s[0]), (int)(100 * s[1]), (int)(100 * s[2]));
    integers.data = i;
    integers.bounds = &numbers;
    ada_arrays__number(integers);
    printf("number %d %d %d %d\n", i[0], i[1], i[2], i[3]);
    ada_arrays__upper(text("debut du jour", &word), text(t, &room));
    ada_arrays__upper(text("abc", &short_word), text(u, &room));
    ada_arrays__upper(text("x", &letter), text(u + 5, &empty));
    printf("upper [%s] [%s] [%s]\n", t, u, u + 5);
    printf("tally %d %d\n", ada_arrays__tally('e', text("deuxieme", &second)), ada_arrays__tally('e', text(t, &empty)));
    matrix.data = m;
    matrix.bounds = columns;
    printf("moment %d\n", (int)(100 * ada_arrays__moment(matrix)));
    a.data = bytes;
    a.bounds = &high;
    b.data = seven;
    b.bounds = &zero;
    c.data = bytes;
    c.bounds = &no_byte;
    printf("checksum %d %d %d\n", ada_arrays__checksum(a), ada_arrays__checksum(b), ada_arrays__checksum(c));
    printf("apart %d\n", (int)(100 * ada_arrays__apart(1, 2, array(v, &four), 4, array(w, &one), 8)));
    return 0;
}
