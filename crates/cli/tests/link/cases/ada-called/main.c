#include <stdio.h>
extern void adainit(void), adafinal(void);
int scale(int);
int gnat_argc;
char **gnat_argv, **gnat_envp;
int main(int argc, char **argv, char **envp)
{
    gnat_argc = argc;
    gnat_argv = argv;
    gnat_envp = envp;
    adainit();
    printf("%d\n", scale(1));
    adafinal();
    return 0;
}
