/* A text in room of a given size, without its trailing blanks, padded as the component pads. */
static void cmp_bridge_padded(char *copy, long size, const char *text, cmp_bridge_length length, char pad)
{
    long count = (long)length;
    while (count > 0 && text[count - 1] == ' ')
        count--;
    if (count > size)
        count = size;
    if (size > 0)
        memset(copy, pad, (size_t)size);
    if (count > 0)
        memcpy(copy, text, (size_t)count);
}
