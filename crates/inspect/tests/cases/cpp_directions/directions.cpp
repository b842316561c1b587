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
