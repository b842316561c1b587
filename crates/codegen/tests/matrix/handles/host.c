#include <stdio.h>
#include "handles.h"

int main(void)
{
    void *a = handles_open(10, 5), *b = handles_open(100, 1);
    cmp_i32 first, second, status;

    printf("living %d\n", handles_living());
    first = handles_next(a);
    second = handles_next(a);
    printf("next %d %d %d\n", first, second, handles_next(b));
    status = handles_change(a, 2);
    first = handles_next(a);
    second = handles_next(a);
    printf("change %d %d %d\n", status, first, second);
    status = handles_change(a, 0);
    printf("change %d %d\n", status, handles_next(a));
    handles_close(a);
    handles_close(b);
    printf("living %d\n", handles_living());
    return 0;
}
