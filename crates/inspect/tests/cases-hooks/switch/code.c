/* Real jump tables, PIC: they must not make a hazard of an ordinary switch.
#! t_switch: moved
#! t_loop_switch: moved
*/
long t_switch(long a, long n)
{
    switch (n & 15) {
    case 0: return 17; case 1: return 4; case 2: return -9; case 3: return 1000; case 4: return 12;
    case 5: return 99; case 6: return 3; case 7: return 12345; default: return n * 3;
    }
}

static long state;
void leaf(void) { state += 7; }

long t_loop_switch(long a, long n)
{
    long sum = 0;
    int i;
    for (i = 0; i < 12; i++) {
        switch ((n + i) & 7) {
        case 0: sum += i; break;
        case 1: sum *= 3; leaf(); break;
        case 2: sum -= n; break;
        case 3: sum ^= 0x55; break;
        case 4: return sum;
        case 5: sum <<= 1; break;
        default: sum += 2;
        }
    }
    return sum;
}
