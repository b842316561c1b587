# One routine for each reason to refuse, and beside it a twin that may be hooked.
#
#! nowhere: H201
#! some_data: H202
#! some_tls: H202
#! some_label: H202
#! chosen: H203
#! endless: H204
#! too_short: H205
#! too_short_twin: moved 5
#! too_short_last: H205
#! entered_by_jump: H206
#! entered_by_call: H206
#! entered_by_jump_twin: moved 6
#! entered_by_itself: H206
#! entered_by_table: H206
#! entered_by_table_twin: moved 9
#! looping: H207
#! looping_at_once: H207
#! looping_from_cold: H207
#! looping_twin: moved 5
#! tail_called: moved 5
#! tail_caller: moved 5
#! outer: H208
#! inner: H208
#! in_writable: H209
#! in_data: H209
#! _start: H210
#! setjmp: H210
#! longjmp: H210
#! m_jrcxz: H211
#! m_loop: H211
#! m_syscall: H211
#! m_sysenter: H211
#! m_int: H211
#! m_int3: H211
#! m_ud2: H211
#! m_far_call: H211
#! m_far_jump: H211
#! m_far_return: H211
#! m_iret: H211
#! m_xbegin: H211
#! m_own_address: H211
#! m_eip: H211
#! m_invalid: H211
#! m_call_returns_inside: H211
#! m_call_memory: H211
#! m_call_stack: H211
#! m_operand_size: H211
#! m_reads_itself: H211
#! m_address_inside: H211
#! local_twin: H212
#! alias_one: moved 5
#! only_copy: H201
        .include "macros.s"

        .data
        .globl  some_data
        .hidden some_data
        .type   some_data, @object
        .size   some_data, 8
some_data: .quad 0
        .section .tbss,"awT",@nobits
        .globl  some_tls
        .hidden some_tls
        .type   some_tls, @tls_object
        .size   some_tls, 8
some_tls: .zero 8

        .text
        .globl  some_label
        .hidden some_label
some_label:
        ret

routine chosen
        .type   chosen, @gnu_indirect_function
        lea     too_short_twin(%rip), %rax
        ret
done chosen

routine endless                 # no .size, no unwind row
        lea     1(%rsi), %rax
        lea     2(%rsi), %rcx
        ret

routine too_short               # the next one begins at once
        xor     %eax, %eax
        ret
done too_short
        .globl  follower
        .hidden follower
        .type   follower, @function
follower:
        lea     1(%rsi), %rax
        ret
        .size   follower, .-follower

routine too_short_twin
        xor     %eax, %eax
        ret
done too_short_twin

routine entered_by_jump
        mov     %esi, %eax
        lea     1(%rax), %rax
        ret
done entered_by_jump
routine somebody
        nopl    (%rax)
        cmp     $3, %esi
        jb      entered_by_jump+2
        call    entered_by_call+2
        ret
done somebody
routine entered_by_call
        mov     %esi, %eax
        lea     1(%rax), %rax
        ret
done entered_by_call
routine entered_by_jump_twin
        mov     %esi, %eax
        lea     1(%rax), %rax
        ret
done entered_by_jump_twin
routine entered_by_itself
        mov     %esi, %eax
1:      nop
        lea     1(%rax), %rax
        cmp     $100, %eax
        jb      1b
        ret
done entered_by_itself

routine entered_by_table        # 2 bytes, then a place where a jump table leads
        mov     %esi, %eax
2:      lea     9f(%rip), %rdx
        and     $1, %eax
        movslq  (%rdx,%rax,4), %rax
        add     %rdx, %rax
        jmp     *%rax
3:      ret
done entered_by_table
        .section .rodata
        .p2align 2
9:      .long   3b-9b
        .long   2b-9b
routine entered_by_table_twin
        mov     %esi, %eax
        lea     9f(%rip), %rdx
2:      and     $1, %eax
        movslq  (%rdx,%rax,4), %rax
        add     %rdx, %rax
        jmp     *%rax
3:      ret
done entered_by_table_twin
        .section .rodata
        .p2align 2
9:      .long   3b-9b
        .long   2b-9b

routine looping
        lea     -1(%rsi), %rsi
        nop
        test    %rsi, %rsi
        jg      looping
        ret
done looping
routine looping_at_once
        dec     %esi
        jg      looping_at_once
        nop
        ret
done looping_at_once
routine looping_from_cold
        lea     -1(%rsi), %rsi
        nop
        test    %rsi, %rsi
        jg      looping_from_cold.cold
        ret
done looping_from_cold
        .type   looping_from_cold.cold, @function
looping_from_cold.cold:
        dec     %rsi
        jmp     looping_from_cold
        .size   looping_from_cold.cold, .-looping_from_cold.cold
routine looping_twin
        lea     -1(%rsi), %rsi
        nop
1:      dec     %rsi
        jg      1b
        ret
done looping_twin

routine tail_called             # a jump from another routine is a call
        lea     1(%rsi), %rax
        nop
        ret
done tail_called
routine tail_caller
        lea     1(%rsi), %rsi
        nop
        jmp     tail_called
done tail_caller

routine outer
        mov     %esi, %eax
        .globl  inner
        .hidden inner
        .type   inner, @function
inner:  lea     1(%rax), %rax
        nop
        ret
        .size   inner, .-inner
done outer

        .section .own_text,"awx",@progbits
        .globl  in_writable
        .hidden in_writable
        .type   in_writable, @function
in_writable:
        lea     1(%rsi), %rax
        nop
        ret
        .size   in_writable, .-in_writable
        .data
        .globl  in_data
        .hidden in_data
        .type   in_data, @function
in_data:
        lea     1(%rsi), %rax
        nop
        ret
        .size   in_data, .-in_data

        .irp    name, _start, setjmp, longjmp
routine \name
        lea     1(%rsi), %rax
        nop
        ret
done \name
        .endr

routine m_jrcxz
        jrcxz   1f
        mov     $1, %eax
1:      ret
done m_jrcxz
routine m_loop
        mov     %esi, %ecx
        loop    1f
        mov     $1, %eax
1:      ret
done m_loop
routine m_syscall
        mov     %esi, %eax
        syscall
        nop
        ret
done m_syscall
routine m_sysenter
        mov     %esi, %eax
        sysenter
        nop
        ret
done m_sysenter
routine m_int
        int     $0x80
        mov     $1, %eax
        ret
done m_int
routine m_int3
        int3
        mov     $1, %eax
        ret
done m_int3
routine m_ud2
        ud2
        .skip   14, 0x90
done m_ud2
routine m_far_call
        lcall   *(%rdi)
        mov     $1, %eax
        ret
done m_far_call
routine m_far_jump
        ljmp    *(%rdi)
        .skip   14, 0x90
done m_far_jump
routine m_far_return
        lretl
        .skip   14, 0x90
done m_far_return
routine m_iret
        iretq
        .skip   14, 0x90
done m_iret
routine m_xbegin
        xbegin  1f
        mov     $1, %eax
1:      ret
done m_xbegin
routine m_own_address
        call    1f
1:      pop     %rax
        ret
done m_own_address
routine m_eip
        .byte   0x67, 0x8b, 0x05, 0, 0, 0, 0    # mov 0(%eip), %eax
        ret
done m_eip
routine m_invalid
        .byte   0x06, 0x06, 0x06, 0x06, 0x06
        ret
done m_invalid
routine m_call_returns_inside
        call    *%rax
        mov     $1, %eax
        ret
done m_call_returns_inside
routine m_call_memory
        push    %rbx
        mov     %rdi, %rbx
        call    *8(%rdi)
        ret
done m_call_memory
routine m_call_stack
        mov     %esi, %eax
        nop
        call    *%rsp
        ret
done m_call_stack
routine m_operand_size
        .byte   0x66, 0xe9, 0, 0, 0, 0, 0x90
        ret
done m_operand_size
routine m_reads_itself
        mov     m_reads_itself(%rip), %eax
        ret
done m_reads_itself
routine m_address_inside
        lea     m_address_inside+3(%rip), %rax
        ret
done m_address_inside

        .text
        .p2align 4
        .type   local_twin, @function
local_twin:
        lea     1(%rsi), %rax
        nop
        ret
        .size   local_twin, .-local_twin

routine alias_one
        .globl  alias_two
        .hidden alias_two
        .type   alias_two, @function
alias_two:
        lea     1(%rsi), %rax
        nop
        ret
        .size   alias_two, .-alias_two
done alias_one

        .p2align 4
        .type   alias_one.constprop.0, @function
alias_one.constprop.0:
        ret
        .size   alias_one.constprop.0, .-alias_one.constprop.0
        .p2align 4
        .type   only_copy.isra.0, @function
only_copy.isra.0:
        ret
        .size   only_copy.isra.0, .-only_copy.isra.0

        .section .last_text,"ax",@progbits
        .globl  too_short_last
        .hidden too_short_last
        .type   too_short_last, @function
too_short_last:
        xor     %eax, %eax
        ret
        .size   too_short_last, .-too_short_last
