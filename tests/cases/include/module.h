/* The boundary between the agent and a module, as C sees it: for modules written by hand in tests. */
#ifndef MODULE_H
#define MODULE_H

#include <stdint.h>
#include <string.h>

struct frame {
  uint64_t gpr[6];
  unsigned char xmm[8][16];
  uint64_t ret_gpr[2];
  unsigned char ret_xmm[2][16];
  unsigned char ret_x87[2][16];
  const unsigned char *stack;
  uint64_t sp;
};

struct candidate {
  const char *routine;
  uint64_t contract_hash;
  uint32_t (*entry)(struct frame *, unsigned char *const *);
  const void *abi_entry;
  uint32_t state_count, control_count;
  const void *controls;
};

struct module {
  uint32_t abi, candidate_count;
  const struct candidate *candidates;
  const char *what;
  void (*start)(void);
};

/* The module's one export. */
#define MODULE(list)                                                                              \
  static void start(void) {}                                                                      \
  static const struct module module = {1, sizeof(list) / sizeof(list[0]), list, "@(#) test module", start}; \
  const struct module *cmp_bridge_module(void) { return &module; }

#endif
