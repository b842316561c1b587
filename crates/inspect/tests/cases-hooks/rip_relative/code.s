# Memory reached relative to the instruction pointer stays where it is.
#
#! t_load: moved 7
#! t_store: moved 7
#! t_store_imm: moved 10
#! t_store_imm8: moved 7
#! t_compare: moved 7
#! t_address: moved 7
#! t_self: moved 7
#! t_sse: moved 8
#! t_two: moved 7
#! t_second: moved 10
#! t_jump: moved 6
#! t_vex: moved 8
        .include "macros.s"
        .data
        .p2align 4
number: .quad   0x1122334455667788
        .quad   -3
scratch: .quad  0
target: .quad   landing
        .text
landing:
        lea     5(%rsi), %rax
        ret

routine t_load
        mov     number(%rip), %rax
        add     %rsi, %rax
        ret
done t_load

routine t_store
        mov     %rsi, scratch(%rip)
        mov     scratch(%rip), %rax
        ret
done t_store

routine t_store_imm             # the immediate stands behind the displacement
        movl    $0x12345678, scratch(%rip)
        mov     scratch(%rip), %eax
        ret
done t_store_imm

routine t_store_imm8
        movb    $77, scratch(%rip)
        movzbl  scratch(%rip), %eax
        ret
done t_store_imm8

routine t_compare
        cmpl    $-3, 8+number(%rip)
        sete    %al
        ret
done t_compare

routine t_address
        lea     number(%rip), %rax
        mov     8(%rax), %rcx
        ret
done t_address

routine t_self                  # a routine may take its own address
        lea     t_self(%rip), %rax
        ret
done t_self

routine t_sse
        movsd   number(%rip), %xmm1
        addsd   %xmm1, %xmm0
        ret
done t_sse

routine t_two                   # the second operand relative, the first in a register
        add     number(%rip), %rsi
        mov     %rsi, %rax
        ret
done t_two

routine t_second
        mov     %esi, %eax
        nop
        imul    $3, number(%rip), %ecx
        ret
done t_second

routine t_jump
        jmp     *target(%rip)
done t_jump

routine t_vex
        vaddsd  number(%rip), %xmm0, %xmm0
        ret
done t_vex
