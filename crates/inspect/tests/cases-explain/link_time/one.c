/* @flags -flto */
/* Inlined across units by the linker. */
/* @expect far_small: +H305@two.c:7 no */
/* @expect far_kept: -H304 -H305 +H338 yes */
int far_small(int x) { return x * 3 + 1; }
__attribute__((noinline, noclone)) int far_kept(int x) { return x * 3 + 2; }
