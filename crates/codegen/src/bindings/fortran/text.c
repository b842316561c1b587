/* A text without its trailing blanks, ended by a NUL: in the room there is, or in room of its own. */
static char *cmp_bridge_text(const char *text, cmp_bridge_length length, char *room)
{
    size_t count = (size_t)length;
    char *copy = room;
    while (count > 0 && text[count - 1] == ' ')
        count--;
    if (count >= CMP_BRIDGE_ROOM)
        copy = cmp_bridge_room((long)count + 1);
    memcpy(copy, text, count);
    copy[count] = '\0';
    return copy;
}
