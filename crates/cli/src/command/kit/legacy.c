/* @(#) legacy.c acceptance kit of cmp-bridge: what stands for the legacy routines */
#include "legacy.h"
#include <string.h>
#include <sys/types.h>
#include <sys/time.h>
#include <sys/socket.h>
#include <poll.h>

int kit_side = KIT_CALLER;
long kit_posted = 0, kit_mixed = 0;

int legacy_kit_mix(struct record *record, double factor, int n, double *values)
{
    int i;
    kit_mixed++;
    if (n < 0)
        return -1;
    for (i = 0; i < n; i++)
        values[i] = values[i] * factor + record->value;
    for (i = 0; i < 3; i++)
        record->rates[i] = (float)(record->rates[i] * 2.0f);
    record->tag++;
    record->level = (short)-record->level;
    record->count += n;
    record->value = -record->value;
    return 0;
}

void legacy_kit_word(char *text, char *turned)
{
    size_t length = strlen(text), i;
    if (length > 15)
        length = 15;
    for (i = 0; i < length; i++)
        turned[i] = text[length - 1 - i];
    turned[length] = 0;
}

int legacy_kit_who(int wait)
{
    if (wait > 0)
        poll(0, 0, wait);
    return kit_side;
}

int legacy_kit_post(int number)
{
    (void)number;
    kit_posted++;
    return 0;
}
