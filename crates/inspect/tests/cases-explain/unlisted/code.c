/* @flags -fno-semantic-interposition */
/* No instruction of the copies is left on its own: debug information lists none. */
/* @expect tripled: +H304@somewhere_in_its_source_file partly */
/* @expect folded: +H304@somewhere_in_its_source_file partly */
/* @expect called: -H304 yes */
int tripled(int x) { return x * 3; }
int sextupled(int x) { return tripled(x) * 2; }

int folded(int x) { return x * 5; }
int constant(int x) { return folded(7) * x; }

__attribute__((noinline, noipa)) int called(int x) { return x * 7; }
int calling(int x) { return called(x) * 2; }
