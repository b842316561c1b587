/* A routine that is chosen among versions when the image is loaded, its versions and who chooses. */
/* @expect chosen: +H203 -H301 -H305 -H313 no */
/* @expect one: -H203 yes */
/* @expect pick: -H203 -H301 -H313 yes */
__attribute__((noinline)) int one(int a) { return a * 7 + 1; }
void *pick(void) { return (void *)one; }
int chosen(int) __attribute__((ifunc("pick")));
__attribute__((noinline)) int user(int a) { return chosen(a) + one(a + 1); }
