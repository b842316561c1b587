# Branches get a 32-bit displacement and lead where they led.
#
#! t_forward: moved 5
#! t_backward: moved 5
#! t_near: moved 9
#! t_two: moved 6
#! t_every: moved 6
#! t_jump: moved 5
#! t_jump_far: moved 5
#! t_around: moved 7
#! t_hint: moved 6
#! t_cc_o: moved 5
#! t_cc_no: moved 5
#! t_cc_b: moved 5
#! t_cc_ae: moved 5
#! t_cc_e: moved 5
#! t_cc_ne: moved 5
#! t_cc_be: moved 5
#! t_cc_a: moved 5
#! t_cc_s: moved 5
#! t_cc_ns: moved 5
#! t_cc_p: moved 5
#! t_cc_np: moved 5
#! t_cc_l: moved 5
#! t_cc_ge: moved 5
#! t_cc_le: moved 5
#! t_cc_g: moved 5
        .include "macros.s"
        .text
        .p2align 4
        .type   out_of_line, @function
out_of_line:
        mov     $-1, %eax
        ret
        .size   out_of_line, .-out_of_line

routine t_backward
        test    %rsi, %rsi
        js      out_of_line
        mov     $1, %eax
        ret
done t_backward

routine t_forward
        test    %rsi, %rsi
        jle     1f
        lea     1(%rsi), %rax
        ret
1:      lea     -1(%rsi), %rax
        ret
done t_forward

routine t_near
        cmp     %rax, %rsi
        {disp32} jb 1f
        mov     $1, %eax
        ret
1:      mov     $2, %eax
        ret
done t_near

routine t_two                   # 2+2+2
        test    %esi, %esi
        jz      1f
        js      2f
        mov     $1, %eax
        ret
1:      mov     $2, %eax
        ret
2:      mov     $3, %eax
        ret
done t_two

        .irp    cc, o,no,b,ae,e,ne,be,a,s,ns,p,np,l,ge,le,g

routine t_cc_\cc
        cmp     $1, %esi
        j\cc    1f
        mov     $1, %eax
        ret
1:      mov     $2, %eax
        ret
done t_cc_\cc
        .endr

routine t_every
        cmp     %rdi, %rsi
        nop
        jp      1f
        xor     %eax, %eax
        ret
1:      or      $-1, %eax
        ret
done t_every

routine t_jump                  # a short routine: jump of 2 bytes, then padding
        jmp     t_forward_twin
done t_jump
        .p2align 4
        .type   t_forward_twin, @function
t_forward_twin:
        lea     3(%rsi), %rax
        ret
        .size   t_forward_twin, .-t_forward_twin

routine t_jump_far
        {disp32} jmp t_forward_twin
done t_jump_far

routine t_around                # loops behind the moved part
        xor     %eax, %eax
        mov     $3, %ecx
1:      add     %rsi, %rax
        dec     %ecx
        jnz     1b
        ret
done t_around

routine t_hint
        test    %rsi, %rsi
        .byte   0x3e             # "taken"
        jz      1f
        mov     $1, %eax
        ret
1:      mov     $2, %eax
        ret
done t_hint
