/*
 * What both C ends share: the routine `fit` of the sample contract as C has it, and as its callers expect it.
 * Before this stands the header that rpcgen made.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define CHECK(what)                                                     \
    do {                                                                \
        if (!(what)) {                                                  \
            printf("line %d: not %s\n", __LINE__, #what);               \
            exit(1);                                                    \
        }                                                               \
    } while (0)

#define HASH(high, low) ((u_quad_t) (high) << 32 | (low))
