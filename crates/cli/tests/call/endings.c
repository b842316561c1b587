#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
struct point { double x, y; };
enum colour { RED, GREEN = 5 };
struct mix { char tag[8]; enum colour c; unsigned a : 3, b : 5; float f; struct point p[2]; };
static int total;
void crash(int *p) { printf("before the crash"); *(volatile int *)0 = *p; }
void stop(int code) { printf("bye\n"); exit(code); }
void hang(void) { for (;;) pause(); }
int noisy(const char *text, int n) { int i; for (i = 0; i < n; i++) puts(text); fprintf(stderr, "done\n"); return n; }
double norm(struct point p) { return p.x * p.x + p.y * p.y; }
struct mix turn(const struct mix *m) { struct mix r = *m; r.a++; r.f *= 2; r.p[0].x += 1; strcpy(r.tag, "turned"); return r; }
int count(int by) { total += by; return total; }
long double ld(long double x, short s, unsigned char c, float f) { return x * 2 + s + c + f; }
int same_char(char c) { return c; }
int strlen8(const char *s) { return s ? (int)strlen(s) : -1; }
void beyond(double *out, int n) { out[n] = 1; out[0] = 2; }
int main(void) { printf("main ran\n"); return 0; }
