/* Room for a text. Without memory the program ends, as it does in Fortran's own run-time. */
static char *cmp_bridge_room(long size)
{
    char *room = malloc(size > 0 ? (size_t)size : 1);
    if (room == 0) {
        fputs("cmp-bridge: no memory for a text\n", stderr);
        abort();
    }
    return room;
}
