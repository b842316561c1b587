// Room of eight characters, and room of four with something behind it.
#include "fixed.hpp"

int main()
{
    char name[8];
    fixed::who(name, 5);
    struct {
        char name[4], behind[4];
    } small = {{'-', '-', '-', '-'}, {'k', 'e', 'p', 't'}};
    bool refused = false;
    try {
        fixed::who(small.name, 5);
    } catch (const std::length_error &) {
        refused = true;
    }
    return !(std::memcmp(name, "SPOT5   ", 8) == 0 && refused && std::memcmp(small.behind, "kept", 4) == 0);
}
