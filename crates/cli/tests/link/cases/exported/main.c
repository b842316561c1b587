#include <dlfcn.h>
#include <stdio.h>
int scale(int);
int main(void) {
  void *library = dlopen("./plug.so", RTLD_NOW);
  int (*plug)(int) = library ? (int (*)(int))dlsym(library, "plug") : 0;
  int (*named)(int) = (int (*)(int))dlsym(RTLD_DEFAULT, "scale");
  if (!plug || !named) return 1;
  printf("%d %d %d\n", scale(1), plug(2), named(3));
  return 0;
}
