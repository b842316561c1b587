/* crc16.c - contrôle cyclique des trames, polynôme x16 + x12 + x5 + 1 */
#include "sccs.h"
#include "telemetry.h"

static const char sccs_id[] SCCS_GARDE = "@(#)crc16.c 1.4 93/02/11 CMP TM";

#define CRC_INIT 0xFFFF

static const unsigned short table_crc[16] = {
    0x0000, 0x1021, 0x2042, 0x3063, 0x4084, 0x50A5, 0x60C6, 0x70E7,
    0x8108, 0x9129, 0xA14A, 0xB16B, 0xC18C, 0xD1AD, 0xE1CE, 0xF1EF
};

/* poursuit un CRC déjà commencé, demi-octet par demi-octet */
unsigned short tm_crc16_suite(unsigned short crc, const unsigned char *buf,
                              size_t lg)
{
    while (lg-- > 0) {
        unsigned char octet = *buf++;

        crc = (unsigned short)((crc << 4) ^ table_crc[(crc >> 12) ^ (octet >> 4)]);
        crc = (unsigned short)((crc << 4) ^ table_crc[(crc >> 12) ^ (octet & 0x0F)]);
    }
    return crc;
}

unsigned short tm_crc16(const unsigned char *buf, size_t lg)
{
    return tm_crc16_suite(CRC_INIT, buf, lg);
}
