// Static variables inside what several units may have a copy of: templates, inline and member functions, lambdas.
#define APART __attribute__((noinline, noclone, used))
extern int elsewhere;
int elsewhere = 1;
APART inline int counted(int k) {
    static int cnt = 0;
    static const int tab[2] = {1, 2};
    return cnt += k + tab[k & 1];
}
template <class T> APART T summed(T k) {
    static T acc;
    acc += k;
    return acc;
}
struct S {
    int v;
    APART int called(int k) {
        static int calls;
        return v + (calls += k);
    }
    APART S(int k) : v(k) {
        static int made;
        made++;
    }
};
APART int plain(int k) {
    extern int elsewhere;
    static long own = 2;
    return k + (own += elsewhere);
}
APART int none(int k) {
    extern int elsewhere;
    return k + elsewhere++;
}
int all(int k) {
    auto lambda = [](int j) APART { static int inl = 3; return inl += j; };
    S s(k);
    return counted(k) + summed(k) + (int) summed(k * 1.5) + s.called(k) + plain(k) + none(k) + lambda(k);
}
