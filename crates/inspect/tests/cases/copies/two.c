static __attribute__((noinline)) int twin(int x) { return x * 9; }

int other_twin(int x) { return twin(x) + 2; }
