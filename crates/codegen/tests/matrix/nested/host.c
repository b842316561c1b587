#include <stdio.h>
#include "nested.h"

static int scaled(double x)
{
    return (int)(100 * x);
}

int main(void)
{
    grid g = { { { 1, 2, 3 }, { 4, 5, 6 } }, { { 1, 2 }, { 3, 4 } }, { 'A', 'B', 'C', 'D' }, 2 };
    point p[2] = { { 1, 3 }, { 5, 5 } }, c;
    double a[2][3] = { { 1, 2, 3 }, { 4, 5, 6 } }, b[3][2];
    int i;

    nested_transform(&g, 2);
    printf("transform");
    for (i = 0; i < 6; i++)
        printf(" %d", g.cells[i / 3][i % 3]);
    for (i = 0; i < 2; i++)
        printf(" %d %d", scaled(g.corners[i].x), scaled(g.corners[i].y));
    printf(" %.4s %d\n", g.label, scaled(g.level));
    printf("total %d\n", scaled(nested_total(g)));
    g = nested_raised(g, 2.5);
    printf("raised %d %d %d %.4s\n", g.cells[0][0], g.cells[1][2], scaled(g.level), g.label);
    nested_centre(p, 2, &c);
    printf("centre %d %d\n", scaled(c.x), scaled(c.y));
    nested_transpose(a, b);
    printf("transpose");
    for (i = 0; i < 6; i++)
        printf(" %d", scaled(b[i / 2][i % 2]));
    printf("\n");
    return 0;
}
