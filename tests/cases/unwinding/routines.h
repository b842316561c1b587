/* routines.h */
#ifdef __cplusplus
extern "C" {
#endif
typedef int (*callback)(int, void *);
int add(int a, int b);
int apply(int n, callback f, void *user);
long sum_down(long n);
int back(int x, int y);
int front(int x);
#ifdef __cplusplus
}
#endif
