/* @flags -flto */
int far_small(int x);
int far_kept(int x);
volatile int sink;
__attribute__((noinline, noclone)) int user(int x)
{
  int y = far_small(x);
  return y + far_kept(x);
}
int main(int argc, char **argv) { (void)argv; sink = user(argc); return 0; }
