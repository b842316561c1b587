#include <cstdio>
extern "C" void adainit(void);
extern "C" int scale(int);
extern "C" { int gnat_argc; char **gnat_argv, **gnat_envp; }
static int begin(void) { return scale(1); }
struct Watch {
    int first;
    Watch() : first(begin()) {}
};
static Watch watch;
int main(int argc, char **argv, char **envp)
{
    gnat_argc = argc;
    gnat_argv = argv;
    gnat_envp = envp;
    adainit();
    std::printf("%d %d\n", watch.first, scale(2));
    return 0;
}
