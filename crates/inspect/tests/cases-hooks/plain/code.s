# Instructions that do not care where they are. rdi: 256 bytes of memory, rsi: a number.
#
#! t_push: moved 5
#! t_endbr: moved 8
#! t_frame: moved 8
#! t_flags: moved 5
#! t_carry: moved 6
#! t_store: moved 6
#! t_vector: moved 8
#! t_long: moved 13
#! t_canary: moved 9
#! t_indirect_jump: moved 5
#! t_lock: moved 5
#! t_string: moved 5
        .include "macros.s"

routine t_push                  # 2+1+2 bytes
        push    %r12
        push    %rbp
        xor     %eax, %eax
        mov     $7, %r12d
        lea     (%rsi,%r12,2), %rax
        pop     %rbp
        pop     %r12
        ret
done t_push

routine t_endbr
        endbr64
        sub     $24, %rsp
        mov     %rsi, 8(%rsp)
        mov     8(%rsp), %rax
        add     $24, %rsp
        ret
done t_endbr

routine t_frame                 # 1+3+4
        push    %rbp
        mov     %rsp, %rbp
        sub     $32, %rsp
        mov     %rsi, -8(%rbp)
        mov     -8(%rbp), %rax
        leave
        ret
done t_frame

routine t_flags                 # flags made in the moved part, used behind it
        test    %esi, %esi
        mov     %esi, %eax
        nop
        jle     1f
        add     $100, %eax
1:      ret
done t_flags

routine t_carry                 # flags of the caller used in the moved part
        adc     %rsi, %rsi
        setc    %al
        movzbl  %al, %eax
        ret
done t_carry

routine t_store
        mov     %rsi, (%rdi)
        incl    8(%rdi)
        ret
done t_store

routine t_vector
        movapd  %xmm0, %xmm2
        addsd   %xmm1, %xmm2
        mulsd   %xmm2, %xmm0
        ret
done t_vector

routine t_long
        .byte   0x65, 0x66, 0x66, 0x66   # prefixes
        nopw    0x100(%rax,%rax)
        mov     $1, %eax
        ret
done t_long

routine t_canary
        mov     %fs:0x28, %rax
        xor     %fs:0x28, %rax
        ret
done t_canary

routine t_indirect_jump         # 2+3: jmp *(%rsp)-like tail, through a register
        push    (%rsp)
        pop     %rax
        nop
        add     $8, %rsp
        jmp     *%rax
done t_indirect_jump

routine t_lock
        lock incl (%rdi)
        nop
        nop
        ret
done t_lock

routine t_string
        xor     %eax, %eax
        rep stosb
        nop
        ret
done t_string
