// As the vendor wrote it: it knows nothing of the header that was generated.
namespace classes {

class Slot {
public:
    Slot(double begin, double end);
    double length() const;

    double begin_, end_;
};

class Label {
public:
    explicit Label(int id) : id_(id), copies_(0) {}
    Label(const Label &other) : id_(other.id_), copies_(other.copies_ + 1) {}
    Label &operator=(const Label &) = delete;

private:
    int id_, copies_;
};

Slot::Slot(double begin, double end) : begin_(begin), end_(end) {}
double Slot::length() const { return end_ - begin_; }

Slot common(const Slot &a, const Slot &b);
void shift(Slot &slot, double by);
Label label_of(int id);

Slot common(const Slot &a, const Slot &b)
{
    return Slot(a.begin_ > b.begin_ ? a.begin_ : b.begin_, a.end_ < b.end_ ? a.end_ : b.end_);
}

void shift(Slot &slot, double by)
{
    slot.begin_ += by;
    slot.end_ += by;
}

Label label_of(int id) { return Label(id); }

}
