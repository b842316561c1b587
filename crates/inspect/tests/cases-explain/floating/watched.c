/* @flags -finstrument-functions */
/* @expect watched: +H335 */
int watched(int x) { return x + 1; }
