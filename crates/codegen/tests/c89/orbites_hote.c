/* A process that hosts both. */
#include "formes_stub.h"
#include "orbites_stub.h"

int main(int argc, char **argv)
{
    static cmpb_component *components[] = {&formes_stub, &orbites_stub, 0};
    return cmpb_serve_main(components, argc > 1 ? argv[1] : "127.0.0.1:0");
}
