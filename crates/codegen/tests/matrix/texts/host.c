#include <stdio.h>
#include "texts.h"

int main(void)
{
    char text[] = "abc-XyZ", joined[] = "......", label[9] = "";
    cmp_i32 status;

    printf("length %d %d\n", texts_length("cinq!"), texts_length(""));
    texts_upper(text, 7);
    printf("upper %s\n", text);
    status = texts_join("SPOT", " 5", joined, 6);
    printf("join %d %s\n", status, joined);
    status = texts_join("SPOT", " 5", joined, 4);
    printf("join %d %.4s\n", status, joined);
    joined[0] = joined[1] = joined[2] = joined[3] = '.';
    status = texts_join("", "", joined, 4);
    printf("join %d %.4s\n", status, joined);
    texts_stamp(label, 42);
    printf("stamp %s\n", label);
    return 0;
}
