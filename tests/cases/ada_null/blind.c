/*
 * blind.c - takes the agent's unwind rows away: the unwinder is answered by
 * libc alone, which does not know them.
 */
#define _GNU_SOURCE
#include <dlfcn.h>

int _dl_find_object(void *pc, struct dl_find_object *result)
{
  static int (*known)(void *, struct dl_find_object *);

  if (!known)
    known = (int (*)(void *, struct dl_find_object *))dlsym(dlopen("libc.so.6", RTLD_NOW | RTLD_NOLOAD),
                                                            "_dl_find_object");
  return known(pc, result);
}

#include <link.h>

int dl_iterate_phdr(int (*callback)(struct dl_phdr_info *, size_t, void *), void *data)
{
  static int (*known)(int (*)(struct dl_phdr_info *, size_t, void *), void *);

  if (!known)
    known = (int (*)(int (*)(struct dl_phdr_info *, size_t, void *), void *))
        dlsym(dlopen("libc.so.6", RTLD_NOW | RTLD_NOLOAD), "dl_iterate_phdr");
  return known(callback, data);
}
