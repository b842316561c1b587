int rate(void) { return 3; }
