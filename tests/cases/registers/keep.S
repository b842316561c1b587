/*
 * keep.S - int keep(const void *in, void *out): fills every register that a
 * caller may know touch() not to write, calls it, and stores them all again.
 * touch() writes rax alone. WIDTH is 16, 32 or 64.
 */
#ifndef WIDTH
#define WIDTH 16
#endif
	.macro	load_all at
	mov	0(\at), %rcx
	mov	8(\at), %rdx
	mov	16(\at), %rsi
	mov	24(\at), %rdi
	mov	32(\at), %r8
	mov	40(\at), %r9
	mov	48(\at), %r10
	mov	56(\at), %r11
	.endm
	.macro	store_all at
	mov	%rcx, 0(\at)
	mov	%rdx, 8(\at)
	mov	%rsi, 16(\at)
	mov	%rdi, 24(\at)
	mov	%r8, 32(\at)
	mov	%r9, 40(\at)
	mov	%r10, 48(\at)
	mov	%r11, 56(\at)
	.endm

	.text
	.globl	keep
	.type	keep, @function
keep:
	push	%rbx
	push	%r12
	sub	$8, %rsp
	mov	%rdi, %r12
	mov	%rsi, %rbx
#if WIDTH == 64
	.macro	vector i
	vmovups	128 + \i * 64(%r12), %zmm\i
	.endm
	.irp	i, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
	vector	\i
	.endr
	.macro	mask i
	kmovq	64 + \i * 8(%r12), %k\i
	.endm
	.irp	i, 0, 1, 2, 3, 4, 5, 6, 7
	mask	\i
	.endr
#elif WIDTH == 32
	.macro	vector i
	vmovups	128 + \i * 64(%r12), %ymm\i
	.endm
	.irp	i, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
	vector	\i
	.endr
#else
	.macro	vector i
	movups	128 + \i * 64(%r12), %xmm\i
	.endm
	.irp	i, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
	vector	\i
	.endr
#endif
	load_all %r12
	call	touch
	store_all %rbx
	.purgem	vector
#if WIDTH == 64
	.macro	vector i
	vmovups	%zmm\i, 128 + \i * 64(%rbx)
	.endm
	.irp	i, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
	vector	\i
	.endr
	.purgem	mask
	.macro	mask i
	kmovq	%k\i, 64 + \i * 8(%rbx)
	.endm
	.irp	i, 0, 1, 2, 3, 4, 5, 6, 7
	mask	\i
	.endr
	vzeroupper
#elif WIDTH == 32
	.macro	vector i
	vmovups	%ymm\i, 128 + \i * 64(%rbx)
	.endm
	.irp	i, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
	vector	\i
	.endr
	vzeroupper
#else
	.macro	vector i
	movups	%xmm\i, 128 + \i * 64(%rbx)
	.endm
	.irp	i, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
	vector	\i
	.endr
#endif
	add	$8, %rsp
	pop	%r12
	pop	%rbx
	ret
	.size	keep, . - keep

/* long touch(long): writes nothing but rax. */
	.globl	touch
	.type	touch, @function
touch:
	lea	(%rdi, %rdi, 2), %rax
	add	$1, %rax
	ret
	.size	touch, . - touch
	.section .note.GNU-stack, "", @progbits
