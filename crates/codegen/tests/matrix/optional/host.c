#include <stdio.h>
#include "optional.h"

int main(void)
{
    double by = 2.5, out = 0;
    point p = { 1, 0 };
    cmp_i32 present = optional_present(&by, &out, &p);

    printf("present %d %d %d\n", present, (int)(100 * out), (int)(100 * p.x));
    printf("present %d\n", optional_present(0, 0, 0));
    present = optional_present(0, &out, 0);
    printf("present %d %d\n", present, (int)(100 * out));
    by = 1;
    present = optional_present(&by, 0, &p);
    printf("present %d %d\n", present, (int)(100 * p.x));
    return 0;
}
