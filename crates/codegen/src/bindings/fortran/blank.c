/* Back to a blank padded text: up to a NUL where the component ends texts so. */
static void cmp_bridge_blank_padded(char *text, cmp_bridge_length length, const char *from, long size, char pad)
{
    size_t count = 0;
    while ((long)count < size && count < (size_t)length && (pad != '\0' || from[count] != '\0'))
        count++;
    memcpy(text, from, count);
    memset(text + count, ' ', (size_t)length - count);
}
