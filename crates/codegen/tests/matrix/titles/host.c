#include <stdio.h>
#include "titles.h"

int main(void)
{
    char name[9] = "********", letter = 'A', table[3][4] = { { 'A', 'S', 'H', ' ' }, { 'A', 'S', 'V', ' ' }, { 'P', 'V', 'T', ' ' } };
    cmp_i32 n = 1, count = 3;
    int i;

    titles_day_(name, 8, &n);
    for (i = 0; i < 8; i++)
        if (name[i] == ' ')
            name[i] = '.';
    printf("day %s\n", name);
    n = 4;
    titles_day_(name, 8, &n);
    printf("day %.5s...\n", name);
    printf("find %d\n", titles_find_(table, &count, "ASV", 4, 3));
    printf("find %d\n", titles_find_(table, &count, "AS", 4, 2));
    titles_next_(&letter, 1);
    printf("next %c\n", letter);
    return 0;
}
