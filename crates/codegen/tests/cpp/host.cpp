// Calls them as C++ code would.
#include "odd.hpp"
#include <cstdio>
#include <vector>

using namespace odd;

static int failures = 0;

static void expect(bool holds, const char *what)
{
    if (!holds) {
        std::printf("wrong: %s\n", what);
        failures++;
    }
}

int main()
{
    expect(find(2) != 0 && find(2)->column == 20, "an address is a pointer");
    expect(find(3) == 0, "no answer can be told");

    std::vector<place> all(find(1), find(1) + 2);
    expect(total(all) == 33, "a vector");
    expect(total(*reinterpret_cast<place (*)[2]>(find(1))) == 33, "an array");

    expect(letters("abc") == 3, "a literal without its NUL");
    const char room[4] = {'a', 'b', ' ', 'd'};
    char changing[4] = {'a', 'b', 0, 0};
    expect(letters(room) == 3, "text without a NUL");
    expect(letters(changing) == 4, "a buffer is as long as it is");

    const double x[3] = {1, 2, 4};
    double sum = -1;
    expect(window(x, 1, 3, sum).code() == 0 && sum == 7, "three of three");
    expect(window(x, 5, 3, sum).is_warning() && sum == 0, "none where the last is before the first");
    bool refused = false;
    try {
        (void)window(x, 1, 4, sum);
    } catch (const std::length_error &) {
        refused = true;
    }
    expect(refused, "four of three are refused");
    long code = 0;
    try {
        throwing::window(x, 1, -1);
    } catch (const cmp_bridge::error &thrown) {
        code = static_cast<long>(thrown.status().code());
    }
    expect(code == -3, "a status that may be left out is thrown, too");

    const double m[2][3] = {{1, 2, 3}, {4, 5, 6}};
    const cmp_bridge::view<const double> all_of_m(&m[0][0], 6);
    expect(corner(all_of_m, 2, 3) == 6, "two rows of three");
    refused = false;
    try {
        (void)corner(all_of_m, 2, 2);
    } catch (const std::length_error &) {
        refused = true;
    }
    expect(refused, "with rows of two, the second of these would begin elsewhere");

    const char word[4] = {'a', 'b', 0, 'd'}, full[2] = {'a', 'b'};
    char *const pointer = changing;
    expect(spelt("abc") == 3 && spelt(word) == 2 && spelt(pointer) == 2, "a text up to its NUL");
    expect(spelt(std::string("abcd")) == 4, "a string");
    refused = false;
    try {
        (void)spelt(full);
    } catch (const std::length_error &) {
        refused = true;
    }
    expect(refused, "what follows an array is no part of its text");

    // Found by the type of its argument as well as by the directive: one routine all the same.
    expect(turn(*find(1)) == -9, "no ambiguity");
    return failures;
}
