#include <stdio.h>
#include <string.h>
#include "modules.h"

int main(void)
{
    pair a = { 1, 1 }, b = { 2, 2 }, list[3] = { { 1, 0 }, { 7, 0 }, { 3, 0 } };
    cmp_array_1 lists;
    cmp_i32 place = 0, five = 5;
    double most, up = 1, down = -1;
    char text[7] = "******";

    modules_swap(&a, &b);
    printf("swap %d %d %d %d\n", (int)(100 * a.x), a.n, (int)(100 * b.x), b.n);
    memset(&lists, 0, sizeof lists);
    lists.data = list;
    lists.offset = (size_t)-1;
    lists.elem_len = sizeof *list;
    lists.rank = 1;
    lists.type = 5;
    lists.span = sizeof *list;
    lists.dim[0].stride = 1;
    lists.dim[0].lower = 1;
    lists.dim[0].upper = 3;
    most = modules_heaviest(&lists, &place);
    printf("heaviest %d %d\n", (int)(100 * most), place);
    printf("heaviest %d\n", (int)(100 * modules_heaviest(&lists, NULL)));
    modules_label(&five, text, 6);
    printf("label %.3s..\n", text);
    printf("positive %d %d\n", modules_positive(&up), modules_positive(&down));
    return 0;
}
