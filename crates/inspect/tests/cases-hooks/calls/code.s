# A moved call leaves its original return address: the callee returns it, so that original and moved code must agree.
#
#! t_direct: moved 9
#! t_endbr: moved 9
#! t_through_got: moved 7
#! t_register: moved 5
#! t_register_high: moved 5
#! t_tail: moved 5
#! t_prefixed: moved 7
#! t_recursive: moved 9
        .include "macros.s"
        .data
        .p2align 3
slot:   .quad   witness
        .text
        .p2align 4
        .type   witness, @function
witness:
        mov     (%rsp), %rax            # the return address as the callee sees it
        mov     16(%rsp), %rcx          # and the caller's stack at its place
        ret
        .size   witness, .-witness

routine t_direct
        sub     $24, %rsp
        call    witness
        add     $24, %rsp
        ret
done t_direct

routine t_endbr
        endbr64
        call    witness
        ret
done t_endbr

routine t_through_got
        push    %rsi
        call    *slot(%rip)
        pop     %rdx
        ret
done t_through_got

routine t_register
        mov     %r8, %rax
        call    *%rax
        ret
done t_register

routine t_register_high
        push    %r9
        call    *%r8
        pop     %rdx
        ret
done t_register_high

routine t_tail                  # 5 bytes: sub-routine call first, nothing before
        call    witness
        ret
done t_tail

routine t_prefixed              # a prefix without effect
        push    %rsi
        rex call witness
        pop     %rdx
        ret
done t_prefixed

routine t_recursive             # calls itself from its first bytes
        dec     %ecx
        js      1f
        call    t_recursive_alias
        lea     1(%rax), %rax
        ret
1:      xor     %eax, %eax
        ret
done t_recursive
        .set    t_recursive_alias, t_recursive
