/*
 * A legacy program that calls `fit`, with the generated stub before it: who answers, the stub decides.
 *
 *     caller ROUNDS
 */
#include <stdio.h>
#include <stdlib.h>
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

extern unsigned int counter;
extern int fit(int n, const double *x, double *y, const char *title, struct track *track, const double *weight,
               unsigned char *mask, long *many);
extern void tick(void);

#define CHECK(what)                                                     \
    do {                                                                \
        if (!(what)) {                                                  \
            printf("round %d: not %s\n", round, #what);                 \
            return 1;                                                   \
        }                                                               \
    } while (0)

static double any(void)
{
    return (rand() - RAND_MAX / 2) / 1024.0;
}

static int one(int round)
{
    static struct track track;
    double x[8], y[16], weight = any();
    unsigned char mask[8], before[8];
    unsigned int calls = counter = (unsigned int)rand();
    int i, n = rand() % 9, weighs = rand() % 2, masks = rand() % 2;
    float re = (float)any(), im = (float)any();
    void *handle = &track;
    long many = 0;
    char title[16];

    memset(&track, rand(), sizeof track);
    track.phase[0] = re, track.phase[1] = im;
    track.points[1].handle = handle, track.points[1].other = 5;
    sprintf(title, "title %d", round);
    for (i = 0; i < n; i++)
        x[i] = any(), before[i] = mask[i] = (unsigned char)rand();
    for (i = 0; i < 2 * n; i++)
        y[i] = any();
    CHECK(fit(n, x, y, title, &track, weighs ? &weight : 0, masks ? mask : 0, &many) == (weighs ? n : -1));
    for (i = 0; i < n; i++) {
        CHECK(y[i] == 2 * x[i]);
        CHECK(y[n + i] == -x[i]);
        CHECK(mask[i] == (masks ? (unsigned char)~before[i] : before[i]));
    }
    for (i = 0; i < 3; i++)
        CHECK(track.points[i].x == i + 0.5 && (int)track.points[i].flags == 3 * i + 1 && track.points[i].mode == 1);
    CHECK(strncmp(track.name, title, 8) == 0);
    CHECK(track.phase[0] == 2 * re && track.phase[1] == -im);
    /* What does not travel is as it was. */
    CHECK(track.points[1].handle == handle && track.points[1].other == 5);
    CHECK(many == -0x0123456789abcdefL && counter == calls + 1);
    tick();
    return 0;
}

int main(int argc, char **argv)
{
    int round, rounds = argc > 1 ? atoi(argv[1]) : 1;
    for (round = 0; round < rounds; round++)
        if (one(round))
            return 1;
    printf("content\n");
    return 0;
}
