#include "bits.h"

mode bits_next_mode(mode m, cmp_bool safe)
{
    return safe ? MODE_SAFE : m == MODE_OFF ? MODE_ON : MODE_OFF;
}

void bits_retune(header *h, cmp_i32 gain)
{
    /* Five bits, signed. */
    h->gain = ((gain + 16) & 31) - 16;
    h->count = (h->count + h->satellite) & 0xfffff;
    h->channel ^= 0xff;
    h->rate = (cmp_i16)-h->rate;
    h->last = 9;
}

cmp_u32 bits_digest(header h)
{
    return h.version + 10 * h.satellite + 1000u * h.channel + h.count + (cmp_u32)h.gain + h.last + (cmp_u32)h.rate;
}

cmp_u32 bits_inverse(word w) { return w.u ^ 0xffffffffu; }
void bits_set_real(word *w, float f) { w->f = f; }
