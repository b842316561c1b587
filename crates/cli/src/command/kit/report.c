/* @(#) report.c acceptance kit of cmp-bridge */
#include "kit.h"
#include <stdio.h>
#include <string.h>

static long checks = 0, failures = 0;

/* A test that kills the process must not take with it what was said before. */
static void end_line(void)
{
    putchar('\n');
    fflush(stdout);
}

void kit_fact(const char *name, const char *found)
{
    printf("fact   %s: %s", name, found);
    end_line();
}

void kit_number(const char *name, long found)
{
    printf("fact   %s: %ld", name, found);
    end_line();
}

void kit_check(const char *name, int good, const char *expected, const char *found)
{
    checks++;
    if (good) {
        printf("ok     %s", name);
    } else {
        failures++;
        printf("FAILED %s: expected %s, found %s", name, expected, found);
    }
    end_line();
}

void kit_equal(const char *name, long expected, long found)
{
    char wanted[32], seen[32];
    sprintf(wanted, "%ld", expected);
    sprintf(seen, "%ld", found);
    kit_check(name, expected == found, wanted, seen);
}

static void digits(char *text, size_t room, const unsigned char *octets, size_t size)
{
    size_t i;
    text[0] = 0;
    for (i = 0; i < size && 3 * i + 4 < room; i++)
        sprintf(text + strlen(text), i % 4 == 0 && i > 0 ? " %02x" : "%02x", (unsigned)octets[i]);
}

void kit_octets(const char *name, const unsigned char *expected, size_t size, const unsigned char *found,
                size_t found_size)
{
    char wanted[256], seen[256];
    digits(wanted, sizeof wanted, expected, size);
    digits(seen, sizeof seen, found, found_size);
    kit_check(name, size == found_size && memcmp(expected, found, size) == 0, wanted, seen);
}

int kit_end(const char *program)
{
    printf("done   %s: %ld checks, %ld failed", program, checks, failures);
    end_line();
    return failures == 0 ? 0 : 1;
}
