/* @flags -mabi=ms */
/* @expect all_other_way: +H328 no */
long all_other_way(long a, long b) { return a * 3 + b; }
