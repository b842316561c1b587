/* @flags -ffunction-sections -fno-ipa-icf */
/* The linker keeps one of two identical routines. */
/* @expect first: +H303@first_(code.c:7) +H301 partly */
/* @expect third: -H303 -H301 yes */
int outside(int x);

int first(int x) { return outside(x) * 3 + 1; }
int second(int x) { return outside(x) * 3 + 1; }
int third(int x) { return outside(x) * 3 + 2; }
