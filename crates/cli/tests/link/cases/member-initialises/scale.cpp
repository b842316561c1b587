extern int table_ready;
struct Init { Init() { table_ready = 1; } };
static Init init;
extern "C" int hook(void) { return 7; }
extern "C" int scale(int x) { return x * 3; }
