#include <cstdio>
#include <string>
#include <vector>
#include "texts.hpp"

namespace {

void join(const std::string &first, const char *second, const cmp_bridge::view<char> &joined)
{
    const cmp_bridge::status status = texts::join(first, second, joined);
    std::printf("join %d %.*s\n", int(status.code()), int(joined.size()), joined.data());
}

}

int main()
{
    std::printf("length %d %d\n", int(texts::length(std::string("cinq!"))), int(texts::length("")));
    char text[] = "abc-XyZ";
    texts::upper(cmp_bridge::view<char>(text, 7));
    std::printf("upper %s\n", text);
    std::vector<char> joined(6, '.');
    join("SPOT", " 5", joined);
    joined.resize(4);
    join("SPOT", " 5", joined);
    joined.assign(4, '.');
    join("", "", joined);
    char label[8];
    texts::stamp(label, 42);
    std::printf("stamp %.8s\n", label);
    return 0;
}
