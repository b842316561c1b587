#include <stdexcept>
#include <string>
#include <cstdio>
namespace space { struct Failure : std::runtime_error { int code; Failure(const std::string &s) : std::runtime_error(s), code(3) {} }; }
extern "C" int throws(int n) { if (n == 1) throw std::out_of_range("too far"); if (n == 2) throw space::Failure("broken"); if (n == 3) throw 42; printf("n=%d\n", n); return n; }
int main() { return 0; }
