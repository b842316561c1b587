/* @flags -mfma */
/* @expect fused: +H331@fused.c:4 */
/* @expect not_fused: -H331 */
double fused(double a, double b, double c) { return a * b + c; }
double not_fused(double a, double b, double c) { return a / b + b / c; }
