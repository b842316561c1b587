/* A bound that the type of the array's index does not have: the program ends before the component sees it. */
static void cmp_bridge_outside(int outside)
{
    if (outside) {
        fputs("cmp-bridge: an index is outside of the type of the bounds\n", stderr);
        abort();
    }
}
