#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>
#include "characters.hpp"

namespace {

void join(const cmp_bridge::text &first, const cmp_bridge::text &second, std::size_t room)
{
    std::vector<char> joined(room, '*');
    const cmp_bridge::status status = characters::join(first, second, joined);
    std::replace(joined.begin(), joined.end(), ' ', '.');
    std::printf("join %d %.*s\n", int(status.code()), int(room), &joined[0]);
}

}

int main()
{
    join("abc  ", std::string("def"), 8);
    join("abc", "def", 4);
    cmp_i32 n = 0;
    characters::count("station keeping", n, "ai");
    std::printf("count %d\n", n);
    char text[] = "Spot 5  ";
    characters::upper(cmp_bridge::view<char>(text, 8));
    std::printf("upper %.6s..\n", text);
    return 0;
}
