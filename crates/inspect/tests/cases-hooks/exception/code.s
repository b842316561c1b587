# An exception table, written by hand, whose landing pad lies in the first bytes of a routine. Compilers put none there.
#
#! lands_inside: H206
#! lands_behind: moved 9
        .include "macros.s"

        .macro  with_table name, pad
routine \name
        .cfi_startproc
        .cfi_lsda 0x1b, \name\()_table
        sub     $8, %rsp
1:      call    callee
2:      add     $8, %rsp
        ret
        .cfi_endproc
done \name
        .section .gcc_except_table,"a",@progbits
\name\()_table:
        .byte   0xff                    # no base
        .byte   0xff                    # no type table
        .byte   0x01                    # call sites in uleb128
        .uleb128 8f-7f
7:      .uleb128 1b-\name
        .uleb128 2b-1b
        .uleb128 \pad
        .uleb128 0
8:
        .text
        .endm

        .type   callee, @function
callee: ret
        .size   callee, .-callee
        with_table lands_inside, 4
        with_table lands_behind, 9
