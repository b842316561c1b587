// What becomes of objects that are passed.
struct Owner {
    int *held;
    Owner(int n);
    Owner(const Owner &other);
    ~Owner();
    int size() const;
};
Owner::Owner(int n) : held(new int(n)) {}
Owner::Owner(const Owner &other) : held(new int(*other.held)) {}
Owner::~Owner() { delete held; }
int Owner::size() const { return *held; }
int takes(Owner owner) {
    *owner.held += 1;
    return owner.size();
}
class Counter {
    int value;
    mutable int reads;

  public:
    int read() const;
};
int Counter::read() const { return value + ++reads; }
class Holder {
    int first;
    Counter inner[2];

  public:
    int read() const;
};
int Holder::read() const { return first + inner[1].read(); }
// Nothing says that a public member is `mutable`.
#define APART __attribute__((noinline, noclone, used))
struct Cache {
    mutable int hits;
    int v;
    APART int get() const {
        hits++;
        return v;
    }
};
struct Outer {
    Cache c;
    APART int get() const { return c.get(); }
};
APART int by_reference(const Cache &c) { return c.hits += 2; }
APART int by_pointer(const Cache *c) { return c->hits += 2; }
APART int enclosed(const Outer &outer) { return outer.c.hits++; }
APART int row(const Cache (&c)[3]) { return c[1].hits++; }
APART int copied(Cache c) { return c.hits++; }
// What cannot be.
struct Empty {
    APART int get() const { return 1; }
};
struct Fixed {
    const int a;
    const double (&b)[2];
    APART int get() const { return a + (int) b[1]; }
};
APART int numbers(const int &a, const double *b, const Empty &c, const Fixed &d) {
    return a + (int) b[0] + c.get() + d.get();
}
int captured(int k, const Cache &c) {
    auto plain = [k](int j) APART { return k + j; };
    auto deep = [c](int j) APART { return c.get() + j; };
    return plain(1) + deep(2);
}
