/* A C routine in the generated library: its contract is the one that is timed. */
struct bench_point {
    double x, y, z;
    int kind;
    char name[12];
};

double bench_plain(const struct bench_point *points, int count, double *longest)
{
    double sum = 0;
    for (int i = 0; i < count; i++) {
        double square = points[i].x * points[i].x + points[i].y * points[i].y + points[i].z * points[i].z;
        if (square > *longest)
            *longest = square;
        sum += square;
    }
    return sum;
}
