/* Writes every register that the ABI lets a routine write: what a candidate may do between two instructions of its caller. */
#ifndef SCRIBBLE_H
#define SCRIBBLE_H

#ifndef WIDTH
#define WIDTH 16
#endif

#define GENERAL "rax", "rcx", "rdx", "rsi", "rdi", "r8", "r9", "r10", "r11", "cc", "memory"
#define LOW "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", "xmm10", "xmm11", "xmm12", \
            "xmm13", "xmm14", "xmm15"
#define EACH_GENERAL(f) f(rax) f(rcx) f(rdx) f(rsi) f(rdi) f(r8) f(r9) f(r10) f(r11)
#define EACH_LOW(f) f(0) f(1) f(2) f(3) f(4) f(5) f(6) f(7) f(8) f(9) f(10) f(11) f(12) f(13) f(14) f(15)
#define EACH_HIGH(f) f(16) f(17) f(18) f(19) f(20) f(21) f(22) f(23) f(24) f(25) f(26) f(27) f(28) f(29) f(30) f(31)
#define GPR(r) "mov $0x5c5c5c5c, %%" #r "\n"
#define XMM(i) "pcmpeqd %%xmm" #i ", %%xmm" #i "\n"
#define YMM(i) "vpcmpeqd %%ymm" #i ", %%ymm" #i ", %%ymm" #i "\n"
#define ZMM(i) "vpternlogd $255, %%zmm" #i ", %%zmm" #i ", %%zmm" #i "\n"
#define MASK(i) "kxnorw %%k" #i ", %%k" #i ", %%k" #i "\n"

static inline void scribble(void) {
#if WIDTH == 64
  __asm__ volatile(EACH_LOW(ZMM) EACH_HIGH(ZMM) MASK(0) MASK(1) MASK(2) MASK(3) MASK(4) MASK(5) MASK(6) MASK(7) ::: "memory");
#elif WIDTH == 32
  __asm__ volatile(EACH_LOW(YMM) ::: LOW, "memory");
#else
  __asm__ volatile(EACH_LOW(XMM) ::: LOW, "memory");
#endif
  __asm__ volatile(EACH_GENERAL(GPR) ::: GENERAL);
}

#endif
