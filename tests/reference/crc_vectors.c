/*
 * Driver of the checksum vectors: crc_vectors HOW OCTETS...
 *
 * Prints what the legacy routines make of each OCTETS (hexadecimal), one a
 * line. HOW is `iso` for tc_somme_iso, or a preset in hexadecimal: FFFF for
 * tm_crc16, whose own it is, and any other for tm_crc16_suite. The expected
 * figures stand in tests/reference_cmp.rs, with their source.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "telecommand.h"

static size_t octets(const char *hex, unsigned char *buf, size_t max)
{
    size_t n = 0;
    unsigned int octet;

    while (n < max && sscanf(hex + 2 * n, "%2x", &octet) == 1)
        buf[n++] = (unsigned char)octet;
    return 2 * n == strlen(hex) ? n : 0;
}

static unsigned short checksum(const char *how, const unsigned char *buf, size_t n)
{
    unsigned short preset = (unsigned short)strtoul(how, NULL, 16);

    if (strcmp(how, "iso") == 0)
        return tc_somme_iso(buf, (int)n);
    return preset == 0xFFFF ? tm_crc16(buf, n) : tm_crc16_suite(preset, buf, n);
}

int main(int argc, char **argv)
{
    unsigned char buf[64];
    int i;

    if (argc < 3)
        return 2;
    for (i = 2; i < argc; i++) {
        size_t n = octets(argv[i], buf, sizeof buf);

        if (n == 0)
            return 2;
        printf("%04X\n", checksum(argv[1], buf, n));
    }
    return 0;
}
