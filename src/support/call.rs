//! Reading arguments from a frame and writing results into it.

use crate::frame::Frame;
use crate::plan::Place;
use std::mem::MaybeUninit;

/// Copies `bytes` bytes of an argument out of a frame.
///
/// # Safety
/// `frame` describes a call that has an argument of that size at `place`; `to` has room for it.
#[inline(always)]
unsafe fn fetch(frame: *const Frame, place: Place, to: *mut u8, bytes: usize) {
    // SAFETY: `place` lies within the frame or its stack arguments, by the caller's promise.
    unsafe {
        let from = match place {
            Place::Gpr(index) => (&raw const (*frame).gpr[usize::from(index) % 6]).cast(),
            Place::Xmm(index) => (&raw const (*frame).xmm[usize::from(index) % 8]).cast(),
            Place::Stack(offset) => (*frame).stack.add(offset as usize),
        };
        std::ptr::copy_nonoverlapping::<u8>(from, to, bytes);
    }
}

/// An argument in one place.
///
/// # Safety
/// `frame` describes a call that has a `T` at `place`, and every bit pattern is a `T`.
#[inline(always)]
pub unsafe fn argument<T: Copy>(frame: *const Frame, place: Place) -> T {
    let mut value = MaybeUninit::<T>::uninit();
    // SAFETY: the caller's promise; all bytes of the value are written.
    unsafe {
        fetch(frame, place, value.as_mut_ptr().cast(), size_of::<T>());
        value.assume_init()
    }
}

/// An argument in several pieces: place, offset in the value, bytes.
///
/// # Safety
/// As for [`argument`]; the pieces lie within the value and cover all of it that matters.
#[inline(always)]
pub unsafe fn gathered<T: Copy, const N: usize>(
    frame: *const Frame,
    pieces: [(Place, usize, usize); N],
) -> T {
    let mut value = MaybeUninit::<T>::zeroed();
    for (place, offset, bytes) in pieces {
        // SAFETY: the caller's promise.
        unsafe { fetch(frame, place, value.as_mut_ptr().cast::<u8>().add(offset), bytes) };
    }
    // SAFETY: initialised with zeros, and every bit pattern is a `T`.
    unsafe { value.assume_init() }
}

/// Writes `bytes` bytes at `offset` of the returned value to a return register: `Gpr(0)` rax, `Gpr(1)` rdx, `Xmm(0)`,
/// `Xmm(1)`. The rest of the register is cleared.
///
/// # Safety
/// `frame` is writable; the piece lies within the value and has at most eight bytes.
#[inline(always)]
pub unsafe fn give<T: Copy>(frame: *mut Frame, place: Place, value: &T, offset: usize, bytes: usize) {
    let mut register = [0_u8; 8];
    // SAFETY: the caller's promise.
    unsafe {
        std::ptr::copy_nonoverlapping(
            (&raw const *value).cast::<u8>().add(offset),
            register.as_mut_ptr(),
            bytes,
        );
        match place {
            Place::Gpr(index) => (*frame).ret_gpr[usize::from(index) % 2] = u64::from_le_bytes(register),
            Place::Xmm(index) => {
                let mut wide = [0_u8; 16];
                wide[..8].copy_from_slice(&register);
                (*frame).ret_xmm[usize::from(index) % 2] = wide;
            }
            // No value is returned in stack arguments.
            Place::Stack(_) => {}
        }
    }
}

/// The value of all-zero bits, returned beside a panic's status code.
///
/// # Safety
/// Every bit pattern is a `T`.
pub const unsafe fn zero<T: Copy>() -> T {
    // SAFETY: the caller's promise.
    unsafe { MaybeUninit::zeroed().assume_init() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(stack: &[u64]) -> Frame {
        let mut xmm = [[0; 16]; 8];
        xmm[1][..8].copy_from_slice(&2.5_f64.to_le_bytes());
        Frame {
            gpr: [1, 2, 3, 4, 5, u64::MAX],
            xmm,
            ret_gpr: [9, 9],
            ret_xmm: [[9; 16]; 2],
            ret_x87: [[0; 16]; 2],
            stack: stack.as_ptr().cast(),
            sp: 0,
        }
    }

    #[test]
    fn arguments_come_from_registers_and_stack() {
        let stack = [7_u64, 8];
        let frame = frame(&stack);
        // SAFETY: the frame above has these arguments.
        unsafe {
            assert_eq!(argument::<u64>(&frame, Place::Gpr(1)), 2);
            assert_eq!(argument::<i16>(&frame, Place::Gpr(5)), -1);
            assert_eq!(argument::<f64>(&frame, Place::Xmm(1)), 2.5);
            assert_eq!(argument::<[u64; 2]>(&frame, Place::Stack(0)), [7, 8]);
            let pieces = [(Place::Gpr(3), 0, 8), (Place::Gpr(0), 8, 4)];
            assert_eq!(gathered::<[u32; 4], 2>(&frame, pieces), [4, 0, 1, 0]);
        }
    }

    #[test]
    fn results_go_to_return_registers() {
        let mut frame = frame(&[]);
        // SAFETY: the pieces lie within the values.
        unsafe {
            give(&mut frame, Place::Gpr(0), &-1_i32, 0, 4);
            give(&mut frame, Place::Xmm(1), &[1.0_f64, 3.0], 8, 8);
        }
        assert_eq!(frame.ret_gpr, [0xffff_ffff, 9]);
        assert_eq!(frame.ret_xmm[0], [9; 16]);
        assert_eq!(frame.ret_xmm[1][..8], 3.0_f64.to_le_bytes());
    }
}
