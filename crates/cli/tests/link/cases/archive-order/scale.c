/* Alone in its member, with a helper and a caller that nobody else needs. */
static int three(void) { return 3; }
int scale(int x) { return x * three(); }
