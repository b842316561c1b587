#include "nested.h"

void nested_transform(grid *g, double by)
{
    int i, j;
    for (i = 0; i < 2; i++)
        for (j = 0; j < 3; j++)
            g->cells[i][j] = (cmp_i32)(g->cells[i][j] * by);
    for (i = 0; i < 2; i++) {
        g->corners[i].x *= by;
        g->corners[i].y *= by;
    }
    for (i = 0; i < 4; i++)
        g->label[i]++;
    g->level /= by;
}

double nested_total(grid g)
{
    double sum = g.level;
    int i, j;
    for (i = 0; i < 2; i++)
        for (j = 0; j < 3; j++)
            sum += g.cells[i][j];
    for (i = 0; i < 2; i++)
        sum += g.corners[i].x + g.corners[i].y;
    return sum + (g.label[3] - g.label[0]) * 0.5;
}

grid nested_raised(grid g, double by)
{
    g.level += by;
    return g;
}

void nested_centre(const point *p, cmp_i32 n, point *c)
{
    int i;
    c->x = 0;
    c->y = 0;
    for (i = 0; i < n; i++) {
        c->x += p[i].x / n;
        c->y += p[i].y / n;
    }
}

void nested_transpose(double (*a)[3], double (*b)[2])
{
    int i, j;
    for (i = 0; i < 2; i++)
        for (j = 0; j < 3; j++)
            b[j][i] = a[i][j];
}
