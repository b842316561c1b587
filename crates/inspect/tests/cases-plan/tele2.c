#include "tele.h"
int tm_count_again(void)
{
    static int count;
    return count += 2;
}
