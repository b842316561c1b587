/* The same; CHAR(0) alone stands for no text at all. */
static char *cmp_bridge_text_or_none(const char *text, cmp_bridge_length length, char *room)
{
    if (length == 1 && text[0] == '\0')
        return 0;
    return cmp_bridge_text(text, length, room);
}
