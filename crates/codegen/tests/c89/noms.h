/* The legacy side of noms.toml. */
typedef struct v {
    double i;
    unsigned bits : 5;
    unsigned cmpb_x : 27;
    short bad[3];
} v;

extern double x[3], bad;
extern int a, i, areas, index;
extern unsigned compare, routines;
extern v args[2];
extern int gyro(double x, int *a, v *args, int i, double *bad, unsigned legacy, int memset, int x_stub, v one);
extern void gyro_ready(int *gyro);
extern int gyro_args(void);
extern int gyro_here;
