/* sccs.h - garde les chaînes de what(1) que gcc -O2 ôterait de l'objet */
#ifndef SCCS_H
#define SCCS_H
#ifdef __GNUC__
#define SCCS_GARDE __attribute__ ((used))
#else
#define SCCS_GARDE
#endif
#endif
