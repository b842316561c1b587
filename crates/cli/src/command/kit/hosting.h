/* @(#) hosting.h acceptance kit of cmp-bridge: a process of this machine that answers with the kit's legacy routines */
#ifndef KIT_HOSTING_H
#define KIT_HOSTING_H

#include <sys/types.h>

extern pid_t start_server(int *port); /* and tells the stub where it is */
extern void stop_server(pid_t server);
extern long milliseconds(void);

#endif
