struct record { double v[5]; };
struct record tm_record(const unsigned char *buffer, unsigned short length, const char *name);
long double tm_long(long double x);
int tm_count(void);
int tm_count_again(void);
extern int tm_table[8];
extern __thread int tm_own;
