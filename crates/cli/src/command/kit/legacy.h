/* @(#) legacy.h acceptance kit of cmp-bridge */
#ifndef KIT_LEGACY_H
#define KIT_LEGACY_H

#define KIT_CALLER 1 /* the process that calls */
#define KIT_SERVER 2 /* the process that answers */

struct record {
    unsigned char tag;
    short level;
    int count;
    double value;
    float rates[3];
};

extern int kit_side;
extern long kit_posted, kit_mixed; /* calls that ran in this process */
extern int legacy_kit_mix(struct record *record, double factor, int n, double *values);
extern void legacy_kit_word(char *text, char *turned);
extern int legacy_kit_who(int wait);
extern int legacy_kit_post(int number);
/* Of the stub. */
extern int kit_mix(struct record *record, double factor, int n, double *values);
extern void kit_word(char *text, char *turned);
extern int kit_who(int wait);
extern int kit_post(int number);

#endif
