# Writes unit number `n` of the generated library: templates over the unit's own types, so that no two units share them.
BEGIN {
    print "#include <algorithm>\n#include <functional>\n#include <map>\n#include <memory>\n#include <set>\n#include <string>"
    print "#include <unordered_map>\n#include <vector>\n"
    printf "namespace unit_%d {\n", n
    for (c = 0; c < classes; c++) {
        printf "struct Key%d { int a, b; bool operator<(const Key%d &o) const { return a < o.a || (a == o.a && b < o.b); } };\n", c, c
        printf "class Item%d {\n  public:\n    virtual ~Item%d();\n    virtual double weight(double by) const;\n", c, c
        printf "    std::string name;\n    std::vector<Key%d> keys;\n    std::map<Key%d, std::string> names;\n", c, c
        printf "    std::shared_ptr<Item%d> next;\n    double values[%d];\n};\n", c, c % 13 + 1
        printf "Item%d::~Item%d() {}\n", c, c
        printf "double Item%d::weight(double by) const { double sum = 0; for (double v : values) sum += v * by; return sum + keys.size(); }\n", c
        printf "double total%d(std::vector<Item%d> &items, std::map<Key%d, Item%d> &index) {\n", c, c, c, c
        printf "    std::sort(items.begin(), items.end(), [](const Item%d &x, const Item%d &y) { return x.name < y.name; });\n", c, c
        printf "    std::set<Key%d> seen;\n    double sum = 0;\n", c
        printf "    for (auto &item : items) { for (auto &key : item.keys) seen.insert(key); sum += item.weight(%d); index[Key%d{(int)sum, %d}] = item; }\n", c, c, c
        printf "    std::function<double(const Item%d &)> f = [&](const Item%d &i) { return i.weight(sum); };\n", c, c
        printf "    for (auto &entry : index) sum += f(entry.second);\n    return sum + seen.size();\n}\n"
    }
    print "}"
    printf "extern \"C\" double bench_total_%d(const double *values, int count) {\n", n
    print "    double sum = 0;\n    for (int i = 0; i < count; i++) sum += values[i];\n    return sum;\n}"
}
