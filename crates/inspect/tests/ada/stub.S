# void call_bits(void *code, const u64 gpr[6], const u64 xmm[8], const u64 *stack, u64 words, u64 out[6], u64 x87)
# Calls `code` with exactly these registers and stack words; out = rax, rdx, xmm0, xmm1, st0 (10 bytes).
        .text
        .globl  call_bits
call_bits:
        push    %rbp
        mov     %rsp, %rbp
        push    %rbx
        push    %r12
        push    %r13
        push    %r14
        mov     %r9, %rbx
        mov     16(%rbp), %r14
        mov     %rdi, %r11
        mov     %rsi, %r12
        mov     %rdx, %r13
        lea     1(%r8), %rax
        and     $-2, %rax
        shl     $3, %rax
        sub     %rax, %rsp
        xor     %eax, %eax
1:      cmp     %r8, %rax
        jae     2f
        mov     (%rcx,%rax,8), %r10
        mov     %r10, (%rsp,%rax,8)
        inc     %rax
        jmp     1b
2:      movsd   0(%r13), %xmm0
        movsd   8(%r13), %xmm1
        movsd   16(%r13), %xmm2
        movsd   24(%r13), %xmm3
        movsd   32(%r13), %xmm4
        movsd   40(%r13), %xmm5
        movsd   48(%r13), %xmm6
        movsd   56(%r13), %xmm7
        mov     0(%r12), %rdi
        mov     8(%r12), %rsi
        mov     16(%r12), %rdx
        mov     24(%r12), %rcx
        mov     32(%r12), %r8
        mov     40(%r12), %r9
        mov     $0x5a5a5a5a5a5a5a5a, %r10
        mov     $8, %eax
        call    *%r11
        mov     %rax, 0(%rbx)
        mov     %rdx, 8(%rbx)
        movsd   %xmm0, 16(%rbx)
        movsd   %xmm1, 24(%rbx)
        test    %r14, %r14
        jz      3f
        fstpt   32(%rbx)
3:      lea     -32(%rbp), %rsp
        pop     %r14
        pop     %r13
        pop     %r12
        pop     %rbx
        pop     %rbp
        ret
        .section .note.GNU-stack,"",@progbits
