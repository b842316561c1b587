/* A text that was returned by its address. */
static void cmp_bridge_returned(char *text, cmp_bridge_length length, const char *from)
{
    cmp_bridge_blank_padded(text, length, from ? from : "", from ? (long)strlen(from) : 0, '\0');
}
