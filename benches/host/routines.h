/* The routines the benchmarks call. See routines.c. */
#ifndef BENCH_ROUTINES_H
#define BENCH_ROUTINES_H

/* 120 bytes. */
struct bench_block {
    double v[15];
};

/* Reads the block. */
double bench_weigh(const struct bench_block *block, double x);
/* The same code under a name that nobody hooks. */
double bench_weigh_direct(const struct bench_block *block, double x);
/* The same code, its entry overwritten by a jump to bench_weigh_landing. */
double bench_weigh_naive(const struct bench_block *block, double x);
double bench_weigh_landing(const struct bench_block *block, double x);
/* The same code, under a uprobe. */
double bench_weigh_probed(const struct bench_block *block, double x);

/* Reads and writes the block. */
void bench_turn(struct bench_block *block);
void bench_turn_direct(struct bench_block *block);

/* By reference, with a status code: what Fortran compilers make. */
int bench_code(const double *dt, double pos[3]);
/* An array and its length. */
double bench_sum(const double *values, int n);

#endif
