//! Arrays that travel with their bounds: Ada's fat pointers and gfortran's descriptors.

use super::areas::Area;
use super::returned::SecondaryStack;
use super::text::Text;
use crate::module::Answer;
use std::ffi::c_void;
use std::ops::{Deref, DerefMut};

/// An array with its bounds, `R` dimensions of it, its elements one after the other as the legacy code stores them.
///
/// It is its elements wherever a slice is expected; the bounds matter to a routine that answers with an index.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct View<'a, T, const R: usize = 1> {
    items: &'a [T],
    first: [i64; R],
    extents: [usize; R],
}

/// The same, to be changed.
#[derive(Debug, PartialEq)]
pub struct ViewMut<'a, T, const R: usize = 1> {
    items: &'a mut [T],
    first: [i64; R],
    extents: [usize; R],
}

/// Whether so many elements fill these extents.
fn fills<const R: usize>(items: usize, extents: &[usize; R]) -> bool {
    extents.iter().try_fold(1_usize, |total, extent| total.checked_mul(*extent)) == Some(items)
}

impl<'a, T> View<'a, T> {
    /// Elements whose first index is `first`.
    pub fn from_index(first: i64, items: &'a [T]) -> Self {
        View { items, first: [first], extents: [items.len()] }
    }
}

impl<'a, T, const R: usize> View<'a, T, R> {
    /// Elements in this shape; `None` if there are more or fewer than it holds.
    pub fn shaped(items: &'a [T], first: [i64; R], extents: [usize; R]) -> Option<Self> {
        fills(items.len(), &extents).then_some(View { items, first, extents })
    }

    /// The first index of each dimension.
    pub fn first(&self) -> [i64; R] {
        self.first
    }

    /// The number of elements of each dimension.
    pub fn extents(&self) -> [usize; R] {
        self.extents
    }

    /// The elements.
    pub fn items(&self) -> &'a [T] {
        self.items
    }
}

impl<'a> View<'a, u8> {
    /// The bytes as text.
    pub fn text(&self) -> &'a Text {
        Text::new(self.items)
    }
}

impl<'a, T> ViewMut<'a, T> {
    /// Elements whose first index is `first`.
    pub fn from_index(first: i64, items: &'a mut [T]) -> Self {
        let extents = [items.len()];
        ViewMut { items, first: [first], extents }
    }
}

impl<'a, T, const R: usize> ViewMut<'a, T, R> {
    /// Elements in this shape; `None` if there are more or fewer than it holds.
    pub fn shaped(items: &'a mut [T], first: [i64; R], extents: [usize; R]) -> Option<Self> {
        fills(items.len(), &extents).then_some(ViewMut { items, first, extents })
    }

    /// The first index of each dimension.
    pub fn first(&self) -> [i64; R] {
        self.first
    }

    /// The number of elements of each dimension.
    pub fn extents(&self) -> [usize; R] {
        self.extents
    }
}

impl ViewMut<'_, u8> {
    /// The bytes as text.
    pub fn text(&mut self) -> &mut Text {
        Text::new_mut(self.items)
    }
}

impl<T, const R: usize> Deref for View<'_, T, R> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        self.items
    }
}

impl<T, const R: usize> Deref for ViewMut<'_, T, R> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        self.items
    }
}

impl<T, const R: usize> DerefMut for ViewMut<'_, T, R> {
    fn deref_mut(&mut self) -> &mut [T] {
        self.items
    }
}

impl<'a, T> From<&'a [T]> for View<'a, T> {
    fn from(items: &'a [T]) -> Self {
        View::from_index(1, items)
    }
}

impl<'a, T, const N: usize> From<&'a [T; N]> for View<'a, T> {
    fn from(items: &'a [T; N]) -> Self {
        View::from_index(1, items)
    }
}

impl<'a, T> From<&'a Vec<T>> for View<'a, T> {
    fn from(items: &'a Vec<T>) -> Self {
        View::from_index(1, items)
    }
}

impl<'a> From<&'a Text> for View<'a, u8> {
    fn from(text: &'a Text) -> Self {
        View::from_index(1, text.bytes())
    }
}

impl<'a, T> From<&'a mut [T]> for ViewMut<'a, T> {
    fn from(items: &'a mut [T]) -> Self {
        ViewMut::from_index(1, items)
    }
}

impl<'a, T, const N: usize> From<&'a mut [T; N]> for ViewMut<'a, T> {
    fn from(items: &'a mut [T; N]) -> Self {
        ViewMut::from_index(1, items)
    }
}

/// An array that a routine returns, with its first index.
#[derive(Debug, Clone, PartialEq)]
pub struct Array<T> {
    /// Index of the first element.
    pub first: i64,
    /// The elements.
    pub items: Vec<T>,
}

impl<T> From<Vec<T>> for Array<T> {
    fn from(items: Vec<T>) -> Self {
        Array { first: 1, items }
    }
}

impl<T> Deref for Array<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.items
    }
}

impl Array<u8> {
    /// The bytes as text.
    pub fn text(&self) -> &Text {
        Text::new(&self.items)
    }
}

/// An Ada fat pointer as it travels: the address of the data and that of the bounds.
#[derive(Debug, Clone, Copy)]
#[repr(C)]
pub struct Fat {
    /// The first element.
    pub data: *mut c_void,
    /// First and last index of each dimension.
    pub bounds: *const c_void,
}

/// An integer type of bounds.
pub trait Bound: Copy + TryFrom<i64> + TryInto<i64> {}

impl<I: Copy + TryFrom<i64> + TryInto<i64>> Bound for I {}

/// The bounds of an array as Ada stores them: `N` is twice the number of dimensions.
///
/// # Panics
/// When a bound is no value of the index type.
pub fn bounds<I: Bound, const R: usize, const N: usize>(
    array: &str,
    first: [i64; R],
    extents: [usize; R],
) -> [I; N] {
    std::array::from_fn(|i| {
        let (first, extent) = (first[i / 2], extents[i / 2]);
        let bound = if i % 2 == 0 {
            Some(first)
        } else {
            i64::try_from(extent).ok().and_then(|extent| first.checked_add(extent)?.checked_sub(1))
        };
        match bound.and_then(|bound| I::try_from(bound).ok()) {
            Some(bound) => bound,
            None => {
                panic!("the bounds of `{array}`, {extent} elements from {first} on, are no indices of it")
            }
        }
    })
}

/// Where the elements of an array with bounds are.
#[derive(Debug, Clone, Copy)]
pub struct Carried<T, const R: usize> {
    start: *mut T,
    count: usize,
    first: [i64; R],
    extents: [usize; R],
    /// Bytes from one element to the next, of each dimension.
    steps: [isize; R],
    contiguous: bool,
    present: bool,
}

/// The array behind a fat pointer.
///
/// # Safety
/// The bounds are null, or readable; `R` pairs of them.
#[inline]
pub unsafe fn fat<T, I: Bound, const R: usize>(from: Fat) -> Result<Carried<T, R>, Answer> {
    let bounds = from.bounds.cast::<I>();
    if bounds.is_null() || !bounds.is_aligned() {
        return Err(Answer::DECLINED);
    }
    let (mut first, mut extents, mut count) = ([0; R], [0; R], 1_usize);
    for i in 0..R {
        // SAFETY: the caller's promise.
        let pair = unsafe { [*bounds.add(2 * i), *bounds.add(2 * i + 1)] };
        let [low, high] = pair.map(|bound| bound.try_into().map_err(|_| Answer::DECLINED));
        let (low, high): (i64, i64) = (low?, high?);
        first[i] = low;
        let extent = (i128::from(high) - i128::from(low) + 1).max(0);
        extents[i] = usize::try_from(extent).map_err(|_| Answer::DECLINED)?;
        count = count.checked_mul(extents[i]).ok_or(Answer::DECLINED)?;
    }
    let count = super::areas::length::<T>(count as u64)?;
    Ok(Carried {
        start: from.data.cast(),
        count,
        first,
        extents,
        steps: [0; R],
        contiguous: true,
        present: true,
    })
}

/// A copy of an array of one dimension that Ada returned.
///
/// # Safety
/// Bounds and data are readable.
pub unsafe fn copied<T: Copy, I: Bound>(from: Fat) -> Array<T> {
    // SAFETY: the caller's promise.
    match unsafe { fat::<T, I, 1>(from) } {
        // SAFETY: the caller's promise.
        Ok(array) => Array { first: array.first[0], items: unsafe { array.slice(&[]) }.to_vec() },
        Err(_) => panic!("the routine returned an array without bounds"),
    }
}

/// An array on the secondary stack, its bounds before it, as Ada returns one.
///
/// # Safety
/// The Ada run-time is elaborated, and this thread is one that it knows.
pub unsafe fn laid_down<T: Copy, I: Bound>(stack: SecondaryStack, array: &Array<T>) -> Result<Fat, Answer> {
    let last = i64::try_from(array.items.len())
        .ok()
        .and_then(|count| array.first.checked_add(count)?.checked_sub(1));
    let limit = |bound: i64| I::try_from(bound).map_err(|_| Answer::DECLINED);
    let limits = [limit(array.first)?, limit(last.ok_or(Answer::DECLINED)?)?];
    let offset = size_of_val(&limits).next_multiple_of(align_of::<T>());
    // SAFETY: the run-time gives that many bytes, aligned for any type; they are written within.
    unsafe {
        let start = (stack.allocate)(offset + size_of_val(&array.items[..]));
        start.cast::<[I; 2]>().write(limits);
        let data = start.byte_add(offset).cast::<T>();
        std::ptr::copy_nonoverlapping(array.items.as_ptr(), data, array.items.len());
        Ok(Fat { data: data.cast(), bounds: start })
    }
}

/// A gfortran array descriptor (version 8 and later).
#[derive(Debug, Clone, Copy)]
#[repr(C)]
pub struct Descriptor<const R: usize> {
    data: *mut c_void,
    offset: isize,
    element: usize,
    version: i32,
    rank: i8,
    kind: i8,
    attribute: i16,
    span: isize,
    dimensions: [Dimension; R],
}

/// One dimension of it, in elements.
#[derive(Debug, Clone, Copy)]
#[repr(C)]
struct Dimension {
    stride: isize,
    lower: isize,
    upper: isize,
}

impl<const R: usize> Descriptor<R> {
    /// Elements without gaps, the first dimension varying fastest, indices from 1 on. `kind` is what gfortran calls the
    /// element: 1 integer, 2 logical, 3 real, 4 complex, 5 record, 6 text.
    pub fn new<T>(data: *const T, extents: [usize; R], kind: i8) -> Self {
        let (mut stride, mut offset) = (1_isize, 0_isize);
        let dimensions = extents.map(|extent| {
            let dimension = Dimension { stride, lower: 1, upper: extent as isize };
            offset -= stride;
            stride *= extent as isize;
            dimension
        });
        let element = size_of::<T>();
        let data = data.cast_mut().cast();
        let (version, rank, attribute, span) = (0, R as i8, 0, element as isize);
        Descriptor { data, offset, element, version, rank, kind, attribute, span, dimensions }
    }
}

/// The array behind a descriptor. `optional`: a null address is an absent array.
///
/// # Safety
/// The address is null or that of a descriptor of `R` dimensions.
#[inline]
pub unsafe fn described<T, const R: usize>(
    from: *const Descriptor<R>,
    optional: bool,
) -> Result<Carried<T, R>, Answer> {
    if from.is_null() && optional {
        let (first, extents, steps) = ([1; R], [0; R], [0; R]);
        let start = std::ptr::null_mut();
        return Ok(Carried { start, count: 0, first, extents, steps, contiguous: true, present: false });
    }
    if from.is_null() || !from.is_aligned() {
        return Err(Answer::DECLINED);
    }
    // SAFETY: the caller's promise.
    let descriptor = unsafe { *from };
    if descriptor.element != size_of::<T>() {
        return Err(Answer::DECLINED);
    }
    let (mut extents, mut steps, mut count, mut contiguous) = ([0; R], [0; R], 1_usize, true);
    let size = size_of::<T>() as isize;
    for (i, dimension) in descriptor.dimensions.iter().enumerate() {
        let extent = (dimension.upper as i128 - dimension.lower as i128 + 1).max(0);
        extents[i] = usize::try_from(extent).map_err(|_| Answer::DECLINED)?;
        steps[i] = dimension.stride.checked_mul(size).ok_or(Answer::DECLINED)?;
        contiguous &= extents[i] == 1 || dimension.stride == count as isize;
        count = count.checked_mul(extents[i]).ok_or(Answer::DECLINED)?;
    }
    let count = super::areas::length::<T>(count as u64)?;
    let start = descriptor.data.cast();
    // The data address is that of the first element, whatever the lower bounds.
    let contiguous = contiguous || count == 0;
    Ok(Carried { start, count, first: [1; R], extents, steps, contiguous, present: true })
}

impl<T: Copy, const R: usize> Carried<T, R> {
    /// The memory it takes.
    #[inline]
    pub fn area(&self) -> Area {
        if self.contiguous {
            return Area::new(self.start, self.count);
        }
        let (mut low, mut high) = (0_isize, size_of::<T>() as isize);
        for (extent, step) in self.extents.iter().zip(self.steps) {
            let reach = (*extent as isize - 1).saturating_mul(step);
            low = low.saturating_add(reach.min(0));
            high = high.saturating_add(reach.max(0));
        }
        Area::spanning(self.start.cast(), self.start, low, high.saturating_sub(low) as usize)
    }

    /// The elements in order, where they lie with gaps; nothing where they do not.
    ///
    /// # Safety
    /// The area is readable.
    pub unsafe fn gathered(&self) -> Vec<T> {
        if self.contiguous {
            return Vec::new();
        }
        // SAFETY: each address is one of an element, by the caller's promise.
        self.places().map(|place| unsafe { *place }).collect()
    }

    /// Writes elements back to where they were gathered from.
    ///
    /// # Safety
    /// The area is writable.
    pub unsafe fn scatter(&self, elements: &[T]) {
        if !self.contiguous {
            // SAFETY: each address is one of an element, by the caller's promise.
            self.places().zip(elements).for_each(|(place, element)| unsafe { *place = *element });
        }
    }

    /// The address of each element, the first dimension varying fastest.
    fn places(&self) -> impl Iterator<Item = *mut T> + '_ {
        (0..self.count).map(|mut number| {
            let mut offset = 0_isize;
            for (extent, step) in self.extents.iter().zip(self.steps) {
                offset += (number % extent) as isize * step;
                number /= extent;
            }
            self.start.wrapping_byte_offset(offset)
        })
    }

    /// The elements: in place, or those gathered.
    ///
    /// # Safety
    /// The area is readable, and nobody writes it while the slice lives.
    #[inline]
    pub unsafe fn slice<'a>(&self, gathered: &'a [T]) -> &'a [T] {
        if self.contiguous {
            // SAFETY: the caller's promise.
            unsafe { super::areas::slice(self.start, self.count) }
        } else {
            gathered
        }
    }

    /// The elements, to be changed: in place, or those gathered.
    ///
    /// # Safety
    /// The area is writable, and nobody else touches it while the slice lives.
    #[inline]
    pub unsafe fn slice_mut<'a>(&self, gathered: &'a mut [T]) -> &'a mut [T] {
        if self.contiguous {
            // SAFETY: the caller's promise.
            unsafe { super::areas::slice_mut(self.start, self.count) }
        } else {
            gathered
        }
    }

    /// The elements with their bounds.
    ///
    /// # Safety
    /// As for [`Carried::slice`].
    #[inline]
    pub unsafe fn view<'a>(&self, gathered: &'a [T]) -> View<'a, T, R> {
        // SAFETY: the caller's promise.
        View { items: unsafe { self.slice(gathered) }, first: self.first, extents: self.extents }
    }

    /// The elements with their bounds, to be changed.
    ///
    /// # Safety
    /// As for [`Carried::slice_mut`].
    #[inline]
    pub unsafe fn view_mut<'a>(&self, gathered: &'a mut [T]) -> ViewMut<'a, T, R> {
        // SAFETY: the caller's promise.
        ViewMut { items: unsafe { self.slice_mut(gathered) }, first: self.first, extents: self.extents }
    }

    /// What `found` is, unless the array is absent.
    #[inline]
    pub fn present<F>(&self, found: F) -> Option<F> {
        self.present.then_some(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fat_pointer_has_the_bounds_it_is_given() {
        let (data, limits) = ([1.5_f64, 2.5, 3.5], [5_i16, 7]);
        let from = Fat { data: data.as_ptr().cast_mut().cast(), bounds: limits.as_ptr().cast() };
        // SAFETY: bounds and data are this function's.
        let view = unsafe { fat::<f64, i16, 1>(from).unwrap().view(&[]) };
        assert_eq!((view.first(), view.items()), ([5], &data[..]));
        assert_eq!(bounds::<i16, 1, 2>("x", view.first(), view.extents()), limits);
        let none = Fat { data: std::ptr::null_mut(), bounds: [1_i16, 0].as_ptr().cast() };
        // SAFETY: as above.
        let empty = unsafe { fat::<f64, i16, 1>(none).unwrap() };
        // SAFETY: as above.
        assert!(unsafe { empty.slice(&[]) }.is_empty());
        let wrong = Fat { bounds: std::ptr::null(), ..from };
        // SAFETY: null bounds are allowed.
        assert!(unsafe { fat::<f64, i16, 1>(wrong) }.is_err());
    }

    #[test]
    #[should_panic(expected = "200 elements from 100 on, are no indices")]
    fn bounds_are_never_cut() {
        bounds::<u8, 1, 2>("x", [100], [200]);
    }

    #[test]
    fn elements_with_gaps_are_gathered_and_put_back() {
        let mut data = [1_i32, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];
        // Every second of three rows of four, backwards by rows.
        let start = &raw mut data[8];
        let mut descriptor = Descriptor::<2>::new(start, [2, 3], 1);
        descriptor.dimensions[0].stride = 2;
        descriptor.dimensions[1].stride = -4;
        // SAFETY: the descriptor above, of this function's data.
        unsafe {
            let array = described::<i32, 2>(&descriptor, false).unwrap();
            let mut found = array.gathered();
            assert_eq!(found, [9, 11, 5, 7, 1, 3]);
            found.iter_mut().for_each(|element| *element = -*element);
            array.scatter(&found);
            assert!(
                super::super::areas::disjoint([array.area()], [Area::new(&raw const data[11], 1)]).is_ok()
            );
            assert!(
                super::super::areas::disjoint([array.area()], [Area::new(&raw const data[1], 1)]).is_err()
            );
        }
        assert_eq!(data, [-1, 2, -3, 4, -5, 6, -7, 8, -9, 10, -11, 12]);
    }

    #[test]
    fn elements_of_another_size_and_absent_arrays_are_told() {
        let data = [1.0_f64; 4];
        let descriptor = Descriptor::<1>::new(data.as_ptr(), [4], 3);
        // SAFETY: the descriptor above, or null.
        unsafe {
            assert!(described::<f32, 1>(&raw const descriptor, false).is_err());
            assert!(described::<f64, 1>(std::ptr::null(), false).is_err());
            let absent = described::<f64, 1>(std::ptr::null(), true).unwrap();
            assert_eq!(absent.present(absent.slice(&[])), None);
            let array = described::<f64, 1>(&raw const descriptor, true).unwrap();
            assert_eq!(array.present(array.slice(&[])), Some(&data[..]));
        }
    }
}
