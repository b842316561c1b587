extern int rates__rate(void);
int scale(int x) { return x * rates__rate(); }
