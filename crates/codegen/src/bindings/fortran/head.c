/* WHAT */
/*
 * Entries by which Fortran 77 calls COMPONENT: arguments by address, texts with a hidden length.
 * Plain C89. Compile it with the compiler of the machine and link it beside the component.
 *
 * Compilers differ in three things, told apart here:
 *   -DCMP_BRIDGE_LENGTH=int   the hidden length of a CHARACTER is an int (gfortran before 8, g77, HP)
 *   -DCMP_BRIDGE_TRUE=-1      a LOGICAL that is .TRUE. (default 1)
 *   name_ and name            both spellings of each symbol are defined
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifndef CMP_BRIDGE_LENGTH
#define CMP_BRIDGE_LENGTH size_t
#endif
#ifndef CMP_BRIDGE_TRUE
#define CMP_BRIDGE_TRUE 1
#endif
#define CMP_BRIDGE_ROOM 256

/* Kept in the object, for `what`. */
const char cmp_bridge_what_COMPONENT_f77[] = "WHAT";

/* The sizes that the contract was made for. */
typedef char cmp_bridge_int_has_4_bytes[sizeof(int) == 4 ? 1 : -1];
typedef char cmp_bridge_long_has_8_bytes[sizeof(long) == 8 ? 1 : -1];
typedef char cmp_bridge_address_has_8_bytes[sizeof(void *) == 8 ? 1 : -1];

typedef CMP_BRIDGE_LENGTH cmp_bridge_length;
