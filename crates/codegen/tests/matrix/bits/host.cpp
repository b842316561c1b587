#include <cstdio>
#include <cstring>
#include "bits.hpp"

int main()
{
    using namespace bits;
    std::printf("modes %d %d %d\n", int(MODE_OFF), int(MODE_ON), int(MODE_SAFE));
    std::printf("next_mode %u %u %u\n", next_mode(MODE_OFF, false), next_mode(MODE_ON, true), next_mode(MODE_SAFE, false));
    header h;
    std::memset(&h, 0, sizeof h);
    h.version = 3;
    h.satellite = 1000;
    h.gain = 7;
    h.channel = 165;
    h.rate = 250;
    h.count = 700;
    h.last = 15;
    retune(h, -5);
    std::printf("retune %u %u %d %d %d %u %u\n", unsigned(h.version), unsigned(h.satellite), int(h.gain), h.channel, h.rate,
                unsigned(h.count), unsigned(h.last));
    h.rate = 987;
    h.gain = 0;
    h.channel = 85;
    std::printf("digest %lu\n", static_cast<unsigned long>(digest(h)));
    word w;
    w.u = 1082130431u;
    std::printf("inverse %lu\n", static_cast<unsigned long>(inverse(w)));
    set_real(w, 1.5f);
    std::printf("set_real %lu %d\n", static_cast<unsigned long>(w.u), int(100 * w.f));
    return 0;
}
