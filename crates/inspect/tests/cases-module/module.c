/* A module by hand, as another compiler than rustc makes one. One macro makes it wrong. */
#include <stdint.h>

typedef uint32_t (*entry)(void *, unsigned char *const *);
struct control {
  const char *routine;
  uint64_t hash;
  void *const *address;
  unsigned char *const *state;
  uint32_t state_count;
};
struct candidate {
  const char *routine;
  uint64_t hash;
  entry entry;
  const void *abi_entry;
  uint32_t state_count, control_count;
  const struct control *controls;
};
struct module {
  uint32_t abi, count;
  const struct candidate *candidates;
  const char *what;
  void (*start)(void);
};

#ifndef ABI
#define ABI 1
#endif
#ifndef FIRST
#define FIRST "scale"
#endif
#ifndef SECOND
#define SECOND "norm"
#endif
#ifndef CALLED
#define CALLED "norm"
#endif
#ifndef STATES
#define STATES 1
#endif
#ifndef COUNT
#define COUNT 2
#endif
#ifndef FUNCTION
#define FUNCTION cmp_bridge_module
#endif
#ifndef MORE
#define MORE
#endif
#ifndef VISIBLE
#define VISIBLE static
#endif

MORE
VISIBLE uint32_t answer(void *frame, unsigned char *const *state) {
  (void)frame;
  (void)state;
  return 2;
}
static void start(void) {
#ifdef CALL
  extern void CALL(void);
  CALL();
#endif
}
static void *address;
static const struct control controls[] = {{CALLED, HASH_NORM, &address, 0, 0}};
static const struct candidate candidates[] = {
  {FIRST, HASH_SCALE, answer, 0, STATES, 1, controls},
  {SECOND, HASH_NORM, answer, 0, 0, 0, 0},
};
static const struct module module = {ABI, COUNT, candidates, "@(#) by hand", start};
const struct module *FUNCTION(void) {
#ifdef CODE
  CODE
#endif
  return &module;
}
