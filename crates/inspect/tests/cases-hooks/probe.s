# void probe(void (*routine)(void), const struct state *in, struct state *out)
#
# Loads every register and the flags from `in`, calls the routine, and stores every register and the flags in `out`:
# rax rbx rcx rdx rsi rdi rbp r8..r15 flags (8 bytes each), then xmm0..xmm15 (16 bytes each).
        .text
        .globl  probe
        .type   probe, @function
probe:
        push    %rbx
        push    %rbp
        push    %r12
        push    %r13
        push    %r14
        push    %r15
        push    %rdx
        push    %rdi
        sub     $8, %rsp
        .set    n, 0
        .irp    reg, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15
        movups  128+16*n(%rsi), %xmm\reg
        .set    n, n+1
        .endr
        push    120(%rsi)
        popf
        mov     0(%rsi), %rax
        mov     8(%rsi), %rbx
        mov     16(%rsi), %rcx
        mov     24(%rsi), %rdx
        mov     40(%rsi), %rdi
        mov     48(%rsi), %rbp
        mov     56(%rsi), %r8
        mov     64(%rsi), %r9
        mov     72(%rsi), %r10
        mov     80(%rsi), %r11
        mov     88(%rsi), %r12
        mov     96(%rsi), %r13
        mov     104(%rsi), %r14
        mov     112(%rsi), %r15
        mov     32(%rsi), %rsi
        call    *8(%rsp)
        push    %rax
        mov     24(%rsp), %rax
        pushf
        pop     120(%rax)
        pop     0(%rax)
        mov     %rbx, 8(%rax)
        mov     %rcx, 16(%rax)
        mov     %rdx, 24(%rax)
        mov     %rsi, 32(%rax)
        mov     %rdi, 40(%rax)
        mov     %rbp, 48(%rax)
        mov     %r8, 56(%rax)
        mov     %r9, 64(%rax)
        mov     %r10, 72(%rax)
        mov     %r11, 80(%rax)
        mov     %r12, 88(%rax)
        mov     %r13, 96(%rax)
        mov     %r14, 104(%rax)
        mov     %r15, 112(%rax)
        .set    n, 0
        .irp    reg, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15
        movups  %xmm\reg, 128+16*n(%rax)
        .set    n, n+1
        .endr
        add     $24, %rsp
        pop     %r15
        pop     %r14
        pop     %r13
        pop     %r12
        pop     %rbp
        pop     %rbx
        cld
        ret
        .size   probe, .-probe
        .section .note.GNU-stack,"",@progbits
