#include <stdio.h>
#include "tele.h"
int main(void)
{
    struct record r = tm_record((const unsigned char *)"abc", 3, "x");
    printf("%g %Lg %d %d\n", r.v[0], tm_long(2), tm_count(), tm_count_again());
    return 0;
}
