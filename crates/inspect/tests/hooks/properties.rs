//! Random code.

use cmp_bridge_inspect::prologue::{PATCH_BYTES, relocate};
use proptest::prelude::*;

use crate::same;

/// Instructions as compilers put them at the start of a routine. Displacements are filled in at random.
const PROLOGUE: [&[u8]; 26] = [
    &[0xf3, 0x0f, 0x1e, 0xfa],                         // endbr64
    &[0x55],                                           // push %rbp
    &[0x41, 0x57],                                     // push %r15
    &[0x48, 0x89, 0xe5],                               // mov %rsp,%rbp
    &[0x48, 0x83, 0xec, 0x18],                         // sub $24,%rsp
    &[0x48, 0x81, 0xec, 0x18, 0x02, 0x00, 0x00],       // sub $0x218,%rsp
    &[0x31, 0xc0],                                     // xor %eax,%eax
    &[0x8b, 0x07],                                     // mov (%rdi),%eax
    &[0xf2, 0x0f, 0x10, 0x07],                         // movsd (%rdi),%xmm0
    &[0x66, 0x0f, 0xef, 0xc0],                         // pxor %xmm0,%xmm0
    &[0x4c, 0x8d, 0x54, 0x24, 0x08],                   // lea 8(%rsp),%r10
    &[0x48, 0x83, 0xe4, 0xe0],                         // and $-32,%rsp
    &[0x64, 0x48, 0x8b, 0x04, 0x25, 0x28, 0, 0, 0],    // mov %fs:40,%rax
    &[0x85, 0xff],                                     // test %edi,%edi
    &[0x48, 0x8d, 0x05, 0xd0, 0xd1, 0xd2, 0x00],       // lea d(%rip),%rax
    &[0x8b, 0x05, 0xd0, 0xd1, 0xd2, 0x00],             // mov d(%rip),%eax
    &[0xf2, 0x0f, 0x10, 0x05, 0xd0, 0xd1, 0xd2, 0x00], // movsd d(%rip),%xmm0
    &[0xc7, 0x05, 0xd0, 0xd1, 0xd2, 0x00, 1, 2, 3, 4], // movl $i,d(%rip)
    &[0x80, 0x3d, 0xd0, 0xd1, 0xd2, 0x00, 0x07],       // cmpb $7,d(%rip)
    &[0xc5, 0xfb, 0x10, 0x05, 0xd0, 0xd1, 0xd2, 0x00], // vmovsd d(%rip),%xmm0
    &[0x74, 0x40],                                     // je
    &[0x0f, 0x8e, 0xd0, 0xd1, 0xd2, 0x00],             // jle
    &[0xe9, 0xd0, 0xd1, 0xd2, 0x00],                   // jmp
    &[0xe8, 0xd0, 0xd1, 0xd2, 0x00],                   // call
    &[0xff, 0x15, 0xd0, 0xd1, 0xd2, 0x00],             // call *d(%rip)
    &[0xff, 0x25, 0xd0, 0xd1, 0xd2, 0x00],             // jmp *d(%rip)
];

/// Instruction sequences followed by enough of an ordinary routine.
fn sequence() -> impl Strategy<Value = Vec<u8>> {
    let one = (0..PROLOGUE.len(), any::<[u8; 3]>()).prop_map(|(i, [a, b, c])| {
        let mut bytes = PROLOGUE[i].to_vec();
        if let Some(at) = bytes.windows(3).position(|w| w == [0xd0, 0xd1, 0xd2]) {
            bytes[at..at + 3].copy_from_slice(&[a, b, c | 1]);
        }
        bytes
    });
    proptest::collection::vec(one, 1..7).prop_map(|parts| {
        let mut bytes = parts.concat();
        bytes.extend([0x48, 0x89, 0xf8, 0x48, 0x01, 0xf0, 0xc3]);
        bytes
    })
}

fn reachable(found: Result<(), String>) -> Result<(), TestCaseError> {
    match found {
        Err(why) if why == same::OUT_OF_REACH => Err(TestCaseError::reject(why)),
        found => found.map_err(TestCaseError::fail),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4000, ..ProptestConfig::default() })]

    #[test]
    fn moved_prologues_do_what_they_did(bytes in sequence(), entry in 0x1000u64..0x7fff_0000_0000) {
        match relocate(&bytes, entry) {
            Ok(moved) => {
                same::check(&bytes, entry, &moved).map_err(TestCaseError::fail)?;
                prop_assert!(moved.original_len >= PATCH_BYTES && moved.original_len <= bytes.len());
            }
            // The only thing wrong with such a sequence can be a call before the fifth byte is reached: none is so short.
            Err(obstacle) => prop_assert!(false, "{obstacle}"),
        }
    }

    #[test]
    fn arbitrary_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..40), entry in any::<u64>()) {
        if let Ok(moved) = relocate(&bytes, entry) {
            reachable(same::check(&bytes, entry, &moved))?;
        }
    }

    /// Bytes that look more like code: an opcode map, a ModRM byte, anything.
    #[test]
    fn arbitrary_instructions_never_panic(
        prefix in proptest::sample::select(&[0x48u8, 0x66, 0xf2, 0xf3, 0x67, 0x3e, 0xc5, 0xc4, 0x62, 0x0f, 0x41][..]),
        bytes in proptest::collection::vec(any::<u8>(), 0..40),
    ) {
        let bytes: Vec<u8> = std::iter::once(prefix).chain(bytes).collect();
        if let Ok(moved) = relocate(&bytes, 0x40_1000) {
            reachable(same::check(&bytes, 0x40_1000, &moved))?;
        }
    }
}
