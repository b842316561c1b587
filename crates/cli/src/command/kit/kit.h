/* @(#) kit.h acceptance kit of cmp-bridge: how a self test tells what it found */
#ifndef KIT_H
#define KIT_H

/* Strict C89 hides the system's own; this file comes first everywhere. */
#if defined(__linux__) && !defined(_DEFAULT_SOURCE)
#define _DEFAULT_SOURCE 1
#endif
#if defined(__hpux) && !defined(_HPUX_SOURCE)
#define _HPUX_SOURCE 1
#endif

#include <stddef.h>

/* Each line goes to standard output, and from there into the report:
 *   fact   NAME: what was seen; nothing to judge
 *   ok     NAME
 *   FAILED NAME: expected E, found F
 */
extern void kit_fact(const char *name, const char *found);
extern void kit_number(const char *name, long found);
extern void kit_check(const char *name, int good, const char *expected, const char *found);
extern void kit_equal(const char *name, long expected, long found);
extern void kit_octets(const char *name, const unsigned char *expected, size_t size, const unsigned char *found,
                       size_t found_size);
/* The last line; the program's exit status. */
extern int kit_end(const char *program);

#endif
