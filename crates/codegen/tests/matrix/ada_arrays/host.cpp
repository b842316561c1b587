#include <cstdio>
#include <vector>
#include "ada_arrays.hpp"

namespace {

using cmp_bridge::bounded;

int scaled(double x) { return int(100 * x); }

}

int main()
{
    const double v[4] = {1, 2, 2.5, 1};
    const std::vector<double> w(1, 2.0);
    const cmp_bridge::view<const double> none;
    std::printf("sum %d %d %d\n", scaled(ada_arrays::sum(v)), scaled(ada_arrays::sum(w)), scaled(ada_arrays::sum(none)));
    std::printf("greatest %d %d %d\n", ada_arrays::greatest(bounded<const double>(v, 5)),
                ada_arrays::greatest(bounded<const double>(w, -3)), ada_arrays::greatest(bounded<const double>(none, 5)));
    double s[3] = {1, 2, 3};
    ada_arrays::scale(bounded<double>(s, 100), 2.5);
    std::printf("scale %d %d %d\n", scaled(s[0]), scaled(s[1]), scaled(s[2]));
    std::vector<cmp_i32> i(4);
    ada_arrays::number(bounded<cmp_i32>(i, -2));
    std::printf("number %d %d %d %d\n", i[0], i[1], i[2], i[3]);
    char t[6] = "", u[6] = "";
    ada_arrays::upper(bounded<const char>("debut du jour", 13, 1), bounded<char>(t, 5, 21));
    ada_arrays::upper(bounded<const char>("abc", 3, 1), bounded<char>(u, 5, 21));
    ada_arrays::upper(bounded<const char>("x", 1, 1), bounded<char>(u + 5, 0, 1));
    std::printf("upper [%s] [%s] [%s]\n", t, u, u + 5);
    std::printf("tally %d %d\n", ada_arrays::tally('e', bounded<const char>("deuxieme", 8, 1)),
                ada_arrays::tally('e', cmp_bridge::view<const char>()));
    // Two dimensions: as in C.
    double m[6] = {1.5, 2.5, 3.5, 4.5, 5.5, 21.5};
    const cmp_bounds_i32 columns[2] = {{2, 3}, {-1, 1}};
    const ada_arrays_f64_array_2 matrix = {m, columns};
    std::printf("moment %d\n", scaled(ada_arrays::moment(matrix)));
    const cmp_u8 bytes[6] = {255, 255, 255, 255, 255, 255}, seven[1] = {7};
    std::printf("checksum %d %d %d\n", ada_arrays::checksum(bounded<const cmp_u8>(bytes, 250)),
                ada_arrays::checksum(bounded<const cmp_u8>(seven, 0)), ada_arrays::checksum(cmp_bridge::view<const cmp_u8>()));
    std::printf("apart %d\n", scaled(ada_arrays::apart(1, 2, v, 4, w, 8)));
    // A bound that the index type does not have is refused before the call.
    try {
        ada_arrays::checksum(bounded<const cmp_u8>(bytes, 251));
        std::printf("251 to 256 passed\n");
    } catch (const std::length_error &) {
    }
    return 0;
}
