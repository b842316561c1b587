/* The state of the legacy routines, where these are not linked. */
unsigned int counter;
