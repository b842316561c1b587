# routine NAME / done NAME: a function visible in its library with type and size, on a boundary of 16 bytes.
        .macro  routine name
        .text
        .p2align 4
        .globl  \name
        .hidden \name
        .type   \name, @function
\name:
        .endm
        .macro  done name
        .size   \name, .-\name
        .endm
        .section .note.GNU-stack,"",@progbits
        .text
