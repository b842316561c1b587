# Routines shorter than the jump: the padding behind them is used.
#
#! t_ret: moved 5
#! t_three: moved 5
#! t_identity: moved 5
#! t_int3: moved 5
#! t_rep_ret: moved 5
#! t_exact: moved 5
#! t_pop_ret: moved 5
        .include "macros.s"
routine t_ret
        ret
done t_ret
routine t_three
        xor     %eax, %eax
        ret
done t_three
routine t_identity
        mov     %rsi, %rax
        ret
done t_identity
routine t_int3
        ret
done t_int3
        .skip   15, 0xcc
routine t_rep_ret
        repz ret
done t_rep_ret
routine t_exact
        lea     1(%rsi), %rax
        ret
done t_exact
routine t_pop_ret
        push    %rsi
        pop     %rax
        ret
done t_pop_ret
        .p2align 4
