#include <stdio.h>
#include <string.h>
#include "bits.h"

int main(void)
{
    header h;
    word w;

    printf("modes %d %d %d\n", MODE_OFF, MODE_ON, MODE_SAFE);
    printf("next_mode %u %u %u\n", bits_next_mode(MODE_OFF, 0), bits_next_mode(MODE_ON, 1), bits_next_mode(MODE_SAFE, 0));
    memset(&h, 0, sizeof h);
    h.version = 3;
    h.satellite = 1000;
    h.gain = 7;
    h.channel = 165;
    h.rate = 250;
    h.count = 700;
    h.last = 15;
    bits_retune(&h, -5);
    printf("retune %u %u %d %d %d %u %u\n", h.version, h.satellite, h.gain, h.channel, h.rate, h.count, h.last);
    h.rate = 987;
    h.gain = 0;
    h.channel = 85;
    printf("digest %lu\n", (unsigned long)bits_digest(h));
    w.u = 1082130431u;
    printf("inverse %lu\n", (unsigned long)bits_inverse(w));
    bits_set_real(&w, 1.5f);
    printf("set_real %lu %d\n", (unsigned long)w.u, (int)(100 * w.f));
    return 0;
}
