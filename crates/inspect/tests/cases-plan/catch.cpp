// Exceptions that are caught, and that only clean up on their way.
struct guard { ~guard() { count++; } static int count; };
int guard::count;
void thrower(int);

int catches(int n)
{
    try {
        guard g;
        thrower(n);
        return 1;
    } catch (int code) {
        return code;
    }
}

int cleans(int n)
{
    guard g;
    thrower(n);
    return guard::count;
}

__attribute__((noinline)) void thrower(int n)
{
    if (n > 3)
        throw n;
}

int main(int argc, char **) { return catches(argc) + cleans(argc) + guard::count; }
