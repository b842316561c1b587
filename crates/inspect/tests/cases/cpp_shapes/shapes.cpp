// Every shape of C++ that a contract describes, and those it refuses.
#include <map>
#include <memory>
#include <stdarg.h>
#include <string>
#include <vector>

namespace plan {

enum class Mode : unsigned char { Off, On = 7 };
enum Sign { Minus = -1, Plus = 1 };

// bases and members -----------------------------------------------------------
struct Empty {};
struct Tag {};
struct Point { double x, y; };
struct Tail { Tail(); int a; char b; };              // its tail padding is used
struct Reuse : Tail { char c; short d; };
struct Saved { [[no_unique_address]] Empty none; int value; };
struct Many : Empty, Point, Saved { Mode mode; static int count; Many(); };
struct Bits { char first; unsigned a : 9; unsigned b : 20; bool c : 1; };
union Word { int i; float f; };
class Lieu {
public:
    explicit Lieu(const std::string &nom);
    virtual ~Lieu();
    virtual double viser(const Point &p) const = 0;
    class Secteur { public: double debut; int marge(int i); };
    const std::string &nom() const;
    std::string &nom();
    double cap(double) const;
    double cap(int) const;
    static Lieu *choisir(const char *nom, int n);

private:
    std::string nom_;
    mutable int lectures_;
};
class Autre { public: virtual ~Autre(); virtual int second(int i); int donnee; };
class Station : public Lieu, public Autre {
public:
    explicit Station(double lat);
    double viser(const Point &p) const override;
    int second(int i) override;

private:
    Secteur secteurs_[2];
    Point &origine_;
};
struct Commun { int c; virtual int f(int i); };
struct Gauche : virtual Commun { int g; explicit Gauche(int i); ~Gauche(); int f(int i) override; };

// how classes travel ----------------------------------------------------------
struct Trivial { int a; Trivial(int); Trivial(const Trivial &) = default; ~Trivial() = default; };
struct Copied { int a; Copied(const Copied &); };
struct Destroyed { int a; ~Destroyed(); };
struct Moved { int a; Moved(Moved &&) = default; Moved(const Moved &) = delete; };
struct Fixed { int a; Fixed(int); Fixed(const Fixed &) = delete; };
struct Assigned { int a; Assigned(int); Assigned &operator=(Assigned &&); };
struct Holds : Fixed { Holds(int); };                // g++: on the stack
struct Inside { Copied part; };
struct Longer { int a; Longer(int); Longer(const Longer &, int = 0); };
struct Small { char c[3]; };
struct Big { double v[5]; };

int travels(Trivial a, Copied b, Destroyed c, Moved d, Inside e)
{ return a.a + b.a + c.a + d.a + e.part.a; }
int fixed(Fixed a, Assigned b) { return a.a + b.a; }
int on_the_stack(Holds h) { return h.a; }
int longer(Longer l) { return l.a; }
Longer longer_made(int a) { return Longer(a); }
int empty(Empty, int a, Tag) { return a; }
struct Void { Empty none[20]; };
int large_and_empty(Void, int a) { return a; }
Small small(Small s) { s.c[1]++; return s; }
Big big(int i, Big b) { b.v[i] = 0; return b; }
Copied copied(const Copied &c) { return c; }

// members ---------------------------------------------------------------------
Tail::Tail() : a(1), b(2) {}
int Many::count;
Many::Many() : mode(Mode::On) { count++; }
Lieu::Lieu(const std::string &nom) : nom_(nom), lectures_(0) {}
Lieu::~Lieu() {}
const std::string &Lieu::nom() const { lectures_++; return nom_; }
std::string &Lieu::nom() { return nom_; }
double Lieu::cap(double d) const { return d + lectures_; }
double Lieu::cap(int i) const { return i; }
int Lieu::Secteur::marge(int i) { return int(debut) + i; }
static Lieu *dernier;
Lieu *Lieu::choisir(const char *nom, int n) { return nom[n] ? dernier : 0; }
Autre::~Autre() {}
int Autre::second(int i) { return i + donnee; }
static Point centre;
Station::Station(double lat) : Lieu("station"), origine_(centre) { secteurs_[0].debut = lat; dernier = this; }
double Station::viser(const Point &p) const { return p.x - origine_.x; }
int Station::second(int i) { return i - 1; }
int Commun::f(int i) { return i + c; }
Gauche::Gauche(int i) : g(i) {}
Gauche::~Gauche() { g = 0; }
int Gauche::f(int i) { return i + g; }

// arguments -------------------------------------------------------------------
int references(const Point &in, Point &inout, Point &&moved, int &count, const double (&table)[3], int *&cell)
{ inout.x = in.x + moved.y; count++; cell = &count; return int(table[1]); }
int pointers(const Point *p, Station *s, const void *raw, Mode *mode, char **list)
{ return p->x > 0 && s && raw && *mode == Mode::On && list; }
int layouts(Reuse r, Saved s, Bits b, Word w, const Many &m) { return r.d + s.value + b.b + w.i + int(m.mode); }
int scalars(bool b, wchar_t w, char16_t c, char32_t d, decltype(nullptr) n, long double l, Mode m, Sign s, signed char t)
{ return b + w + c + int(d) + (n == nullptr) + int(l) + int(m) + s + t; }
int members(int Point::*none, double Point::*data, int (Autre::*code)(int), Autre &a)
{ return (a.*code)(data == nullptr) + (none == nullptr); }
int callbacks(int (*call)(const Point &, Copied, char *), void (&code)(int)) { return call != nullptr && &code != nullptr; }
std::string text(const std::string &s, std::string t, std::vector<int> v, const std::map<int, std::string> &m)
{ return s + t + std::to_string(v.size() + m.size()); }
std::unique_ptr<Point> owner(std::unique_ptr<Point> p, std::pair<int, float> q, std::shared_ptr<int> r)
{ p->x += q.second + *r; return p; }
__int128 wide(__int128 a) { return a + 1; }
typedef float Vector __attribute__((vector_size(16)));
Vector vector(Vector v) { return v + v; }
int printed(const char *format, ...) { va_list list; va_start(list, format); int i = va_arg(list, int); va_end(list); return i; }
int quiet(int i) noexcept { return i + 2; }

// names -----------------------------------------------------------------------
Point operator-(const Point &a, const Point &b) { return Point{a.x - b.x, a.y - b.y}; }
struct Counter {
    int n;
    int operator()(int i);
    int operator[](int i) const;
    explicit operator bool() const;
    operator std::string() const;
    Counter &operator++();
    void *operator new(size_t);
};
int Counter::operator()(int i) { return i + n; }
int Counter::operator[](int i) const { return i * n; }
Counter::operator bool() const { return n != 0; }
Counter::operator std::string() const { return std::to_string(n); }
Counter &Counter::operator++() { n++; return *this; }
void *Counter::operator new(size_t n) { return ::operator new(n + 8); }
template <class T> struct Stack { T items[4]; int n; void push(const T &item); };
template <class T> void Stack<T>::push(const T &item) { items[n++] = item; }
template struct Stack<int>;
template struct Stack<Point>;
template <class T> T larger(T a, T b) { return a < b ? b : a; }
template int larger<int>(int, int);
template double larger<double>(double, double);
namespace {
struct Hidden { int a; __attribute__((noinline)) int twice(int i) { return a * i * 2; } };
}
int local(int n)
{
    struct Inner { int a; __attribute__((noinline)) int add(int i) volatile { static int calls; calls += i; return a + calls; } };
    volatile Inner inner = { n };
    auto closure = [&](int i) __attribute__((noinline)) { return inner.add(i) + n; };
    Hidden hidden = { n };
    return closure(2) + hidden.twice(n + inner.a);
}

} // namespace plan

extern "C" int c_entry(const plan::Point *p, int n) { return int(p[n].x); }
int plan_free(plan::Station &s, plan::Gauche &g, plan::Commun &c) { return s.second(1) + g.f(1) + c.f(2); }
