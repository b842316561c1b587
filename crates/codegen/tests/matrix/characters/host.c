#include <stdio.h>
#include <string.h>
#include "characters.h"

static void dots(char *text)
{
    for (; *text; text++)
        if (*text == ' ')
            *text = '.';
}

int main(void)
{
    char longer[9] = "********", shorter[5] = "****";
    cmp_i32 ier, n;

    characters_join_("abc  ", "def", longer, &ier, 5, 3, 8);
    dots(longer);
    printf("join %d %s\n", ier, longer);
    characters_join_("abc", "def", shorter, &ier, 3, 3, 4);
    printf("join %d %s\n", ier, shorter);
    characters_count_("station keeping", &n, "ai", 15, 2);
    printf("count %d\n", n);
    memcpy(longer, "Spot 5  ", 8);
    characters_upper_(longer, 8);
    printf("upper %.6s..\n", longer);
    return 0;
}
