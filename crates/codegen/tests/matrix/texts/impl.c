#include <string.h>
#include "texts.h"

cmp_i32 texts_length(const char *text) { return (cmp_i32)strlen(text); }

void texts_upper(char *text, cmp_i32 n)
{
    int i;
    for (i = 0; i < n; i++)
        if (text[i] >= 'a' && text[i] <= 'z')
            text[i] = (char)(text[i] - 'a' + 'A');
}

/* The room is filled with blanks, as Fortran and Ada like it. */
cmp_i32 texts_join(const char *first, const char *second, char *joined, cmp_i32 room)
{
    int i = 0;
    if (room < 1 || strlen(first) + strlen(second) == 0)
        return -1;
    for (; i < room && *first != 0; first++)
        joined[i++] = *first;
    for (; i < room && *second != 0; second++)
        joined[i++] = *second;
    for (; i < room; i++)
        joined[i] = ' ';
    return *first != 0 || *second != 0;
}

void texts_stamp(char label[8], cmp_i32 number)
{
    int i;
    label[0] = 'T';
    label[1] = 'M';
    for (i = 7; i >= 2; i--) {
        label[i] = (char)('0' + number % 10);
        number /= 10;
    }
}
