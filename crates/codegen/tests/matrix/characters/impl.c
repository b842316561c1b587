#include <string.h>
#include "characters.h"

static size_t trimmed(const char *text, size_t length)
{
    while (length > 0 && text[length - 1] == ' ')
        length--;
    return length;
}

void characters_join_(const char *first, const char *second, char *joined, cmp_i32 *ier, size_t first_length,
                      size_t second_length, size_t joined_length)
{
    size_t i, n = trimmed(first, first_length), total = n + trimmed(second, second_length);
    for (i = 0; i < joined_length; i++)
        joined[i] = (char)(i < n ? first[i] : i < total ? second[i - n] : ' ');
    *ier = total > joined_length;
}

void characters_count_(const char *text, cmp_i32 *n, const char *letters, size_t text_length, size_t letters_length)
{
    size_t i;
    *n = 0;
    for (i = 0; i < text_length; i++)
        *n += memchr(letters, text[i], letters_length) != 0;
}

void characters_upper_(char *text, size_t text_length)
{
    size_t i;
    for (i = 0; i < text_length; i++)
        if (text[i] >= 'a' && text[i] <= 'z')
            text[i] = (char)(text[i] - 32);
}
