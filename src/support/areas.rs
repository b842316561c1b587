//! Memory behind the addresses of a call: checked before anything of it is borrowed.

use crate::module::Answer;
use std::ffi::CStr;
use std::mem::MaybeUninit;

/// A piece of memory a call may touch.
#[derive(Debug, Clone, Copy)]
pub struct Area {
    start: *mut u8,
    bytes: usize,
    fit: bool,
}

impl Area {
    /// `count` values at `start`. It fits when it is empty, or neither null nor misaligned.
    #[inline(always)]
    pub fn new<T>(start: *const T, count: usize) -> Area {
        let bytes = size_of::<T>() * count;
        let fit = bytes == 0 || (!start.is_null() && start.is_aligned());
        Area { start: start.cast_mut().cast(), bytes, fit }
    }

    /// `bytes` bytes from `offset` bytes after `start` on. They fit when `element` is neither null nor misaligned.
    pub fn spanning<T>(start: *const u8, element: *const T, offset: isize, bytes: usize) -> Area {
        let fit = !element.is_null() && element.is_aligned();
        Area { start: start.wrapping_offset(offset).cast_mut(), bytes, fit }
    }

    /// As [`Area::new`], where null means absent.
    #[inline(always)]
    pub fn nullable<T>(start: *const T, count: usize) -> Area {
        let count = if start.is_null() { 0 } else { count };
        Area::new(start, count)
    }

    #[inline(always)]
    fn overlaps(&self, other: &Area) -> bool {
        let (a, b) = (self.start as usize, other.start as usize);
        // An empty area overlaps nothing.
        (a < b.wrapping_add(other.bytes))
            & (b < a.wrapping_add(self.bytes))
            & (self.bytes != 0)
            & (other.bytes != 0)
    }
}

/// Whether every area fits and none of those that may be written overlaps another one.
#[inline(always)]
pub fn disjoint<const W: usize, const R: usize>(written: [Area; W], read: [Area; R]) -> Result<(), Answer> {
    let mut sound = true;
    for (i, area) in written.iter().enumerate() {
        sound &= area.fit;
        for other in &written[i + 1..] {
            sound &= !area.overlaps(other);
        }
        for other in &read {
            sound &= !area.overlaps(other);
        }
    }
    for area in &read {
        sound &= area.fit;
    }
    if sound { Ok(()) } else { Err(Answer::DECLINED) }
}

/// Copies a scalar argument; a null or misaligned address is declined.
///
/// # Safety
/// An address that is neither leads to a readable `T`, and every bit pattern is a `T`.
#[inline(always)]
pub unsafe fn read<T: Copy>(from: *const T) -> Result<T, Answer> {
    if from.is_null() || !from.is_aligned() {
        return Err(Answer::DECLINED);
    }
    // SAFETY: checked above; the rest is the caller's promise.
    Ok(unsafe { *from })
}

/// The same, where null means absent.
///
/// # Safety
/// As for [`read`].
#[inline(always)]
pub unsafe fn read_nullable<T: Copy>(from: *const T) -> Result<Option<T>, Answer> {
    if from.is_null() {
        return Ok(None);
    }
    // SAFETY: the caller's promise.
    unsafe { read(from) }.map(Some)
}

/// The text at `start`, up to its NUL; a null address is declined.
///
/// # Safety
/// An address that is not null leads to readable bytes up to and including a NUL; nobody writes them while the text
/// lives.
#[inline]
pub unsafe fn c_text<'a>(start: *const u8) -> Result<&'a CStr, Answer> {
    if start.is_null() {
        return Err(Answer::DECLINED);
    }
    // SAFETY: not null, and the caller's promise.
    Ok(unsafe { CStr::from_ptr(start.cast()) })
}

/// The number of elements of an array: not negative, and no more bytes than memory can have.
#[inline(always)]
pub fn length<T>(count: impl Into<i128>) -> Result<usize, Answer> {
    let largest = isize::MAX as i128 / (size_of::<T>().max(1) as i128);
    let count: i128 = count.into();
    if (0..=largest).contains(&count) { Ok(count as usize) } else { Err(Answer::DECLINED) }
}

/// The same for a count that the rewrite is shown: a negative one is that of an empty array.
#[inline(always)]
pub fn extent<T>(count: impl Into<i128>) -> Result<usize, Answer> {
    let count: i128 = count.into();
    length::<T>(count.max(0))
}

/// The array at `start`; an empty one may be anywhere.
///
/// # Safety
/// `count` readable values at `start`, or none; nobody writes them while the slice lives.
#[inline(always)]
pub unsafe fn slice<'a, T>(start: *const T, count: usize) -> &'a [T] {
    if count == 0 {
        return &[];
    }
    // SAFETY: the caller's promise.
    unsafe { std::slice::from_raw_parts(start, count) }
}

/// The array at `start`, to be changed; an empty one may be anywhere.
///
/// # Safety
/// `count` values at `start`, or none; nobody else touches them while the slice lives.
#[inline(always)]
pub unsafe fn slice_mut<'a, T>(start: *mut T, count: usize) -> &'a mut [T] {
    if count == 0 {
        return &mut [];
    }
    // SAFETY: the caller's promise.
    unsafe { std::slice::from_raw_parts_mut(start, count) }
}

/// A slice's length as the integer argument that carries it.
///
/// # Panics
/// When it does not fit in the argument's type.
#[inline]
pub fn count<I: TryFrom<usize>>(length: usize) -> I {
    match I::try_from(length) {
        Ok(count) => count,
        Err(_) => panic!("an array of {length} elements does not fit in its length argument"),
    }
}

/// Refuses to call legacy code with an array of another length than the contract says; a negative one is that of an empty
/// array.
///
/// # Panics
/// When the lengths differ.
#[inline]
pub fn expect_length(array: &str, found: usize, expected: impl Into<i128>) {
    let expected: i128 = expected.into();
    let expected = expected.max(0);
    assert!(found as i128 == expected, "`{array}` has {found} elements, the contract says {expected}");
}

/// Bytes as they were before a candidate ran, to be put back if it panics.
#[derive(Debug)]
pub struct Snapshot<S, const W: usize> {
    areas: [Area; W],
    bytes: S,
}

impl<const N: usize, const W: usize> Snapshot<[MaybeUninit<u8>; N], W> {
    /// Copies areas of known size, `N` bytes together, to the stack.
    ///
    /// # Safety
    /// The areas are readable, and no reference to them is in use.
    #[inline(always)]
    pub unsafe fn on_stack(areas: [Area; W]) -> Self {
        let mut snapshot = Snapshot { areas, bytes: [MaybeUninit::uninit(); N] };
        // SAFETY: the caller's promise.
        unsafe { copy_out(&snapshot.areas, &mut snapshot.bytes) };
        snapshot
    }
}

impl<const W: usize> Snapshot<Vec<MaybeUninit<u8>>, W> {
    /// Copies areas of any size to the heap.
    ///
    /// # Safety
    /// The areas are readable, and no reference to them is in use.
    pub unsafe fn on_heap(areas: [Area; W]) -> Self {
        let total = areas.iter().map(|area| area.bytes).sum();
        let mut bytes = vec![MaybeUninit::uninit(); total];
        // SAFETY: the caller's promise.
        unsafe { copy_out(&areas, &mut bytes) };
        Snapshot { areas, bytes }
    }
}

impl<S: AsRef<[MaybeUninit<u8>]>, const W: usize> Snapshot<S, W> {
    /// Puts every byte back.
    ///
    /// # Safety
    /// The areas are writable, and no reference to them is in use.
    pub unsafe fn restore(&self) {
        let mut rest = self.bytes.as_ref();
        for area in &self.areas {
            let (now, later) = rest.split_at(area.bytes.min(rest.len()));
            // SAFETY: `now` came from this area, and has no more bytes than it.
            unsafe { std::ptr::copy_nonoverlapping(now.as_ptr(), area.start.cast(), now.len()) };
            rest = later;
        }
    }
}

/// Copies the areas one after the other into `to`, as far as it goes.
///
/// # Safety
/// The areas are readable.
#[inline(always)]
unsafe fn copy_out(areas: &[Area], to: &mut [MaybeUninit<u8>]) {
    let mut at = 0;
    for area in areas {
        let bytes = area.bytes.min(to.len() - at);
        // SAFETY: the area is readable; `at + bytes` is within `to`.
        unsafe { std::ptr::copy_nonoverlapping(area.start.cast(), to.as_mut_ptr().add(at), bytes) };
        at += bytes;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_written_areas_must_stand_alone() {
        let data = [0_u32; 4];
        let area = |at: usize, count| Area::new(&raw const data[at], count);
        assert!(disjoint([area(0, 2)], [area(2, 2), area(2, 2)]).is_ok());
        assert!(disjoint([area(0, 3)], [area(2, 2)]).is_err());
        assert!(disjoint([area(0, 2), area(1, 1)], []).is_err());
        assert!(disjoint([area(0, 4)], [area(1, 0)]).is_ok());
        assert!(disjoint([], [Area::new(std::ptr::null::<u32>(), 1)]).is_err());
        assert!(disjoint([], [Area::new(std::ptr::null::<u32>(), 0)]).is_ok());
        assert!(disjoint([], [Area::nullable(std::ptr::null::<u32>(), 3)]).is_ok());
        assert!(disjoint([], [Area::new(data.as_ptr().wrapping_byte_add(1), 1)]).is_err());
    }

    #[test]
    fn lengths_are_counted_in_bytes_too() {
        assert_eq!(length::<f64>(3), Ok(3));
        assert!(length::<f64>(-1).is_err());
        assert_eq!((extent::<f64>(-1), extent::<f64>(2)), (Ok(0), Ok(2)));
        assert!(extent::<f64>(i64::MAX / 2).is_err());
        expect_length("none", 0, -1);
        assert!(length::<f64>(i64::MAX / 2).is_err());
        assert!(length::<u8>(i64::MAX).is_ok());
    }

    #[test]
    fn a_snapshot_restores_every_area() {
        let (mut a, mut b) = ([1_u16, 2, 3], 4_u64);
        let areas = [Area::new(a.as_ptr(), 3), Area::new(&raw const b, 1)];
        // SAFETY: the areas are this function's variables; nobody borrows them meanwhile.
        let (stack, heap) = unsafe { (Snapshot::<[_; 14], 2>::on_stack(areas), Snapshot::on_heap(areas)) };
        (a, b) = ([0; 3], 0);
        // SAFETY: as above.
        unsafe { stack.restore() };
        assert_eq!((a, b), ([1, 2, 3], 4));
        (a, b) = ([0; 3], 0);
        // SAFETY: as above.
        unsafe { heap.restore() };
        assert_eq!((a, b), ([1, 2, 3], 4));
    }
}
