/*
 * The routines of the sample contract as legacy code has them: what the stub hosts, and what it stands before.
 * They answer as `server.c` does.
 */
#include <string.h>

struct point {
    double x;
    unsigned int other : 3, flags : 5;
    int mode;
    void *handle;
};

struct track {
    char name[8];
    struct point points[3];
    float phase[2];
};

unsigned int counter;

int fit(int n, const double *x, double *y, const char *title, struct track *track, const double *weight,
        unsigned char *mask, long *many)
{
    int i;
    for (i = 0; i < n; i++) {
        y[i] = 2 * x[i];
        y[n + i] = -x[i];
    }
    strncpy(track->name, title, 8);
    for (i = 0; i < 3; i++) {
        track->points[i].x = i + 0.5;
        track->points[i].flags = 3 * i + 1;
        track->points[i].mode = 1;
    }
    track->phase[0] = 2 * track->phase[0];
    track->phase[1] = -track->phase[1];
    for (i = 0; mask != 0 && i < n; i++)
        mask[i] = (unsigned char)~mask[i];
    *many = -0x0123456789abcdefL;
    counter++;
    return weight != 0 ? n : -1;
}

void tick(void)
{
}
