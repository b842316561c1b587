/* The program is linked with -Ofast. */
/* @expect flushed: +H337 -H330 */
__attribute__((noinline)) double flushed(double a, double b) { return a / b + a; }
int main(int argc, char **argv) { (void)argv; return (int)flushed(argc, 3); }
