#include "classes.h"

void _ZN7classes4SlotC1Edd(Slot *self, double begin, double end)
{
    self->begin_ = begin;
    self->end_ = end;
}

double _ZNK7classes4Slot6lengthEv(const Slot *self) { return self->end_ - self->begin_; }

Slot _ZN7classes6commonERKNS_4SlotES2_(const Slot *a, const Slot *b)
{
    Slot made;
    made.begin_ = a->begin_ > b->begin_ ? a->begin_ : b->begin_;
    made.end_ = a->end_ < b->end_ ? a->end_ : b->end_;
    return made;
}

void _ZN7classes5shiftERNS_4SlotEd(Slot *slot, double by)
{
    slot->begin_ += by;
    slot->end_ += by;
}

/* The address of the answer comes first, and goes back. */
Label *_ZN7classes8label_ofEi(Label *answer, cmp_i32 id)
{
    answer->id_ = id;
    answer->copies_ = 0;
    return answer;
}
