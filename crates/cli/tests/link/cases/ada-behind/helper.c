int rates__rate(void);
int helper(void) { return rates__rate(); }
