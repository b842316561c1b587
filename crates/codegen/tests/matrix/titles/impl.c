#include <string.h>
#include "titles.h"

void titles_day_(char *answer, size_t answer_length, const cmp_i32 *n)
{
    static const char names[7][9] = {
        "lundi   ", "mardi   ", "mercredi", "jeudi   ", "vendredi", "samedi  ", "dimanche"
    };
    memset(answer, ' ', answer_length);
    memcpy(answer, names[(*n + 6) % 7], answer_length < 8 ? answer_length : 8);
}

cmp_i32 titles_find_(char (*table)[4], const cmp_i32 *n, const char *name, size_t table_length, size_t name_length)
{
    cmp_i32 i;
    size_t c;
    for (i = 0; i < *n; i++) {
        for (c = 0; c < table_length || c < name_length; c++)
            if ((c < table_length ? table[i][c] : ' ') != (c < name_length ? name[c] : ' '))
                break;
        if (c >= table_length && c >= name_length)
            return i + 1;
    }
    return 0;
}

void titles_next_(char *letter, size_t letter_length)
{
    if (letter_length > 0)
        ++*letter;
}
