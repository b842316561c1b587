# A second file with a local routine of the same name.
        .file   "second.s"
        .text
        .p2align 4
        .type   local_twin, @function
local_twin:
        lea     2(%rsi), %rax
        nop
        ret
        .size   local_twin, .-local_twin
        .section .note.GNU-stack,"",@progbits
