#include <stdio.h>
#include "classes.h"

int main(void)
{
    Slot a, b, c;
    Label label = { 0, 9 };

    classes_slot_construct(&a, 1, 5);
    printf("slot %d\n", (int)(100 * classes_slot_length(&a)));
    classes_slot_construct(&b, 3, 8);
    c = classes_common(&a, &b);
    printf("common %d %d\n", (int)(100 * c.begin_), (int)(100 * c.end_));
    classes_shift(&a, 0.5);
    printf("shift %d %d\n", (int)(100 * a.begin_), (int)(100 * a.end_));
    classes_label_of(&label, 42);
    printf("label %d %d\n", label.id_, label.copies_);
    return 0;
}
