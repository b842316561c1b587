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
    const bool sizes = fixed::size_of(small.name) == 4 && fixed::size_of("ab") == 2 && fixed::size_of(std::string("a c")) == 3;
    small.name[1] = 0;
    return !(sizes && fixed::size_of(small.name) == 1 && std::memcmp(name, "SPOT5   ", 8) == 0 && refused && std::memcmp(small.behind, "kept", 4) == 0);
}
