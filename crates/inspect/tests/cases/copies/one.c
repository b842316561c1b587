/* Routines that an entry hook would miss in part: inlined, specialised, aliased, and with namesakes. */
static __attribute__((noinline)) int twin(int x) { return x * 7; }

int small(int x) { return x * 3 + 1; }

int with_small(int x) { return small(x) + small(x + 1) + twin(x); }

int aliased(int x) { return x - 1; }
int also_aliased(int x) __attribute__((alias("aliased")));

/* The weights are constant at every call of this unit: -O3 makes copies for each of them. */
__attribute__((noinline)) int weighted(const int *values, int count, int kind)
{
    int sum = 0;
    for (int i = 0; i < count; i++)
        sum += kind == 1 ? values[i] * 2 : kind == 2 ? values[i] * 3 : values[i] / (kind + 1);
    return sum;
}

int both(const int *values, int count) { return weighted(values, count, 1) + weighted(values, count, 1); }

/* Six times x: no instruction is left of what was inlined. */
int tripled(int x) { return x * 3; }
int sextupled(int x) { return tripled(x) * 2; }
