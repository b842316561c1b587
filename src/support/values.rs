//! Plain data as legacy code keeps it. None of these types can be invalid, whatever the bits.

/// A truth value as legacy code stores it: Fortran LOGICAL (`Logical<i32>`) or C `bool` (`Logical<u8>`).
///
/// Only 0 and 1 have a meaning in every language, so the stored bits are read with [`Logical::get`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[repr(transparent)]
pub struct Logical<I>(pub I);

impl<I: Copy + PartialEq + From<bool>> Logical<I> {
    /// The truth value; `None` for anything but 0 and 1.
    #[inline]
    pub fn get(self) -> Option<bool> {
        if self.0 == I::from(true) {
            Some(true)
        } else if self.0 == I::from(false) {
            Some(false)
        } else {
            None
        }
    }

    /// Stores 0 or 1.
    #[inline]
    pub fn set(&mut self, value: bool) {
        self.0 = I::from(value);
    }
}

impl<I: From<bool>> From<bool> for Logical<I> {
    #[inline]
    fn from(value: bool) -> Self {
        Logical(I::from(value))
    }
}

/// The truth value of an argument, or the answer that makes the legacy routine take over.
#[inline]
pub fn logical<I: Copy + PartialEq + From<bool>>(value: Logical<I>) -> Result<bool, crate::module::Answer> {
    value.get().ok_or(crate::module::Answer::DECLINED)
}

/// A complex number: Fortran COMPLEX, C `_Complex`.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[repr(C)]
pub struct Complex<F> {
    /// Real part.
    pub re: F,
    /// Imaginary part.
    pub im: F,
}

/// An address of the legacy process that nobody here follows: an opaque pointer, a user-data argument.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[repr(transparent)]
pub struct Address(pub usize);

/// Storage of an x87 `long double`: ten significant bytes and six of padding, kept as they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[repr(C, align(16))]
pub struct X87(pub [u8; 16]);

/// The value whose bytes these are.
///
/// # Safety
/// Every bit pattern is a `T`.
#[inline]
pub unsafe fn load<T: Copy>(bytes: &[u8]) -> T {
    assert!(bytes.len() == size_of::<T>());
    // SAFETY: as many bytes as it has, which need not be aligned; the rest is the caller's promise.
    unsafe { bytes.as_ptr().cast::<T>().read_unaligned() }
}

/// Puts a value among bytes.
#[inline]
pub fn store<T: Copy>(bytes: &mut [u8], value: &T) {
    assert!(bytes.len() == size_of::<T>());
    // SAFETY: as many bytes as it has, which need not be aligned.
    unsafe { bytes.as_mut_ptr().cast::<T>().write_unaligned(*value) };
}

/// `count` bits of `storage` from bit `first` on, counted from the least significant bit of its first byte; at most 64,
/// within the storage.
#[inline]
pub fn bits(storage: &[u8], first: u32, count: u32) -> u64 {
    let mut value = 0;
    for i in 0..count.min(64) {
        let at = first + i;
        let bit = storage.get(at as usize / 8).map_or(0, |byte| byte >> (at % 8) & 1);
        value |= u64::from(bit) << i;
    }
    value
}

/// The same, with the highest of these bits as the sign.
#[inline]
pub fn signed_bits(storage: &[u8], first: u32, count: u32) -> i64 {
    let unused = 64 - count.clamp(1, 64);
    (bits(storage, first, count) << unused) as i64 >> unused
}

/// Stores the low `count` bits of `value` in `storage` from bit `first` on.
#[inline]
pub fn set_bits(storage: &mut [u8], first: u32, count: u32, value: u64) {
    for i in 0..count.min(64) {
        let at = first + i;
        if let Some(byte) = storage.get_mut(at as usize / 8) {
            let mask = 1 << (at % 8);
            *byte = if value >> i & 1 == 1 { *byte | mask } else { *byte & !mask };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bit_fields_keep_their_neighbours() {
        let mut storage = [0xff, 0x00, 0xff];
        set_bits(&mut storage, 6, 11, 0b101_0000_0011);
        assert_eq!(storage, [0xff, 0x40, 0xff]);
        assert_eq!(bits(&storage, 6, 11), 0b101_0000_0011);
        assert_eq!(signed_bits(&storage, 6, 11), 0b101_0000_0011 - (1 << 11));
        assert_eq!(signed_bits(&storage, 6, 10), 0b01_0000_0011);
        assert_eq!(bits(&storage, 17, 20), 0x7f);
    }

    #[test]
    fn a_logical_is_read_only_when_it_is_0_or_1() {
        assert_eq!(Logical(0_i32).get(), Some(false));
        assert_eq!(Logical(1_u8).get(), Some(true));
        assert_eq!(Logical(-1_i32).get(), None);
        assert_eq!(logical(Logical(2_u8)), Err(crate::module::Answer::DECLINED));
        let mut flag = Logical(7_i64);
        flag.set(true);
        assert_eq!(flag, Logical::from(true));
    }
}
