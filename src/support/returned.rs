//! What a routine returns by its address, and who releases it.

use super::values::Address;
use std::ffi::{CStr, CString, c_void};
use std::ops::{Deref, DerefMut};
use std::ptr::NonNull;

/// The address of a value that outlives the call: what a routine returns by reference.
#[derive(Debug)]
#[repr(transparent)]
pub struct Lasting<T: ?Sized + 'static>(*const T);

impl<T: ?Sized> Clone for Lasting<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: ?Sized> Copy for Lasting<T> {}

impl<T: ?Sized> From<&'static T> for Lasting<T> {
    fn from(value: &'static T) -> Self {
        Lasting(value)
    }
}

impl<T> Lasting<T> {
    /// No value.
    pub const NONE: Self = Lasting(std::ptr::null());

    /// What a routine returned.
    ///
    /// # Safety
    /// The address is null or leads to a `T` for as long as this is used.
    pub unsafe fn new(address: *const T) -> Self {
        Lasting(address)
    }

    /// The address.
    pub fn address(self) -> *const T {
        self.0
    }

    /// A copy of the value; `None` for a null address.
    pub fn get(self) -> Option<T>
    where
        T: Copy,
    {
        // SAFETY: see `new`; the address need not be aligned.
        (!self.0.is_null()).then(|| unsafe { self.0.read_unaligned() })
    }
}

impl<T> Lasting<T> {
    /// The value itself, for as long as its owner lets it be; `None` for a null address.
    ///
    /// # Safety
    /// Nobody changes it while it is borrowed.
    pub unsafe fn borrow<'o>(self) -> Option<&'o T> {
        // SAFETY: the caller's promise, and see `new`.
        unsafe { self.0.as_ref() }
    }
}

impl Lasting<u8> {
    /// The text up to its NUL, for as long as its owner lets it be; `None` for a null address.
    ///
    /// # Safety
    /// Nobody changes it while it is borrowed.
    pub unsafe fn borrow_text<'o>(self) -> Option<&'o CStr> {
        // SAFETY: the caller's promise, and see `new`.
        (!self.0.is_null()).then(|| unsafe { CStr::from_ptr(self.0.cast()) })
    }

    /// A copy of the text up to its NUL; `None` for a null address.
    pub fn text(self) -> Option<CString> {
        // SAFETY: see `new`: this type is used for NUL-terminated text only.
        (!self.0.is_null()).then(|| unsafe { CStr::from_ptr(self.0.cast()) }.to_owned())
    }
}

impl From<&'static CStr> for Lasting<u8> {
    fn from(text: &'static CStr) -> Self {
        Lasting(text.as_ptr().cast())
    }
}

/// What legacy code gave away: released, by the routine its contract names, when this is dropped.
#[derive(Debug)]
pub struct Owned<T> {
    address: NonNull<T>,
    release: unsafe fn(*mut c_void),
}

impl<T> Owned<T> {
    /// Takes what a routine returned; `None` for a null address.
    ///
    /// # Safety
    /// Nobody else releases it, and `release` is how it is released.
    pub unsafe fn new(from: Lasting<T>, release: unsafe fn(*mut c_void)) -> Option<Self> {
        NonNull::new(from.0.cast_mut()).map(|address| Owned { address, release })
    }

    /// Where it is.
    pub fn address(&self) -> Address {
        Address(self.address.as_ptr() as usize)
    }

    /// The value, to be changed.
    ///
    /// # Safety
    /// What it holds afterwards is what the legacy routines expect there: they follow the addresses in it, and so does the
    /// one that releases it.
    pub unsafe fn value_mut(&mut self) -> &mut T {
        // SAFETY: it lives until this is dropped, and is this one's alone, see `new`.
        unsafe { self.address.as_mut() }
    }
}

/// A value in which no legacy routine finds an address to follow: safe code may write what it likes into one that it owns.
///
/// # Safety
/// It holds no address, and its inside is described.
pub unsafe trait Plain {}

macro_rules! plain {
    ($($ty:ty)*) => {
        $(
            // SAFETY: a number.
            unsafe impl Plain for $ty {}
        )*
    };
}

plain!(i8 i16 i32 i64 u8 u16 u32 u64 f32 f64);

impl<T> Deref for Owned<T> {
    type Target = T;

    fn deref(&self) -> &T {
        // SAFETY: it lives until this is dropped, see `new`.
        unsafe { self.address.as_ref() }
    }
}

impl<T: Plain> DerefMut for Owned<T> {
    fn deref_mut(&mut self) -> &mut T {
        // SAFETY: nothing that is written there is followed.
        unsafe { self.value_mut() }
    }
}

impl<T> Drop for Owned<T> {
    fn drop(&mut self) {
        // SAFETY: it was not released before, see `new`.
        unsafe { (self.release)(self.address.as_ptr().cast()) }
    }
}

/// NUL-terminated text that legacy code gave away.
#[derive(Debug)]
pub struct OwnedText(Owned<u8>);

impl OwnedText {
    /// Takes what a routine returned; `None` for a null address.
    ///
    /// # Safety
    /// As for [`Owned::new`].
    pub unsafe fn new(from: Lasting<u8>, release: unsafe fn(*mut c_void)) -> Option<Self> {
        // SAFETY: the caller's promise.
        unsafe { Owned::new(from, release) }.map(OwnedText)
    }
}

impl Deref for OwnedText {
    type Target = CStr;

    fn deref(&self) -> &CStr {
        // SAFETY: text up to a NUL, which lives until this is dropped.
        unsafe { CStr::from_ptr(self.0.address.as_ptr().cast()) }
    }
}

/// Gives memory back to the C library.
///
/// # Safety
/// The address is null or comes from `malloc` and was not given back yet.
pub unsafe fn free(address: *mut c_void) {
    // SAFETY: the caller's promise.
    unsafe { libc::free(address) }
}

/// Ada's secondary stack, on which functions leave what they return with its bounds.
#[derive(Debug, Clone, Copy)]
pub struct SecondaryStack {
    /// `system__secondary_stack__ss_mark`
    pub mark: unsafe extern "C-unwind" fn(*mut Mark),
    /// `system__secondary_stack__ss_release`
    pub release: unsafe extern "C-unwind" fn(*const Mark),
    /// `system__secondary_stack__ss_allocate`
    pub allocate: unsafe extern "C-unwind" fn(usize) -> *mut c_void,
}

/// A place on the secondary stack, with room for what a later run-time may note.
#[derive(Debug, Clone, Copy, Default)]
#[repr(C, align(16))]
pub struct Mark([u64; 8]);

/// While it lives, what Ada returns stays; then the secondary stack is as it was.
#[derive(Debug)]
pub struct Marked {
    stack: SecondaryStack,
    mark: Mark,
}

impl SecondaryStack {
    /// The secondary stack that was found.
    ///
    /// # Panics
    /// When there is none.
    pub fn expect(found: Option<SecondaryStack>) -> SecondaryStack {
        match found {
            Some(stack) => stack,
            None => panic!(
                "the Ada run-time does not export its secondary stack: only a linked build can call this"
            ),
        }
    }

    /// The one of this process; `None` when the Ada run-time is neither a shared library nor exported.
    pub fn find() -> Option<SecondaryStack> {
        static FOUND: std::sync::OnceLock<Option<SecondaryStack>> = std::sync::OnceLock::new();
        *FOUND.get_or_init(Self::search)
    }

    fn search() -> Option<SecondaryStack> {
        let symbol = |name: &CStr| {
            // SAFETY: a NUL-terminated name.
            let found = unsafe { libc::dlsym(libc::RTLD_DEFAULT, name.as_ptr()) };
            (!found.is_null()).then_some(found)
        };
        let mark = symbol(c"system__secondary_stack__ss_mark")?;
        let release = symbol(c"system__secondary_stack__ss_release")?;
        let allocate = symbol(c"system__secondary_stack__ss_allocate")?;
        // SAFETY: these are the types of GNAT's routines.
        unsafe {
            Some(SecondaryStack {
                mark: std::mem::transmute::<*mut c_void, unsafe extern "C-unwind" fn(*mut Mark)>(mark),
                release: std::mem::transmute::<*mut c_void, unsafe extern "C-unwind" fn(*const Mark)>(
                    release,
                ),
                allocate: std::mem::transmute::<*mut c_void, unsafe extern "C-unwind" fn(usize) -> *mut c_void>(
                    allocate,
                ),
            })
        }
    }

    /// Marks the place to go back to.
    ///
    /// # Safety
    /// The Ada run-time is elaborated, and this thread is one that it knows.
    pub unsafe fn marked(self) -> Marked {
        let mut mark = Mark::default();
        // SAFETY: the caller's promise.
        unsafe { (self.mark)(&mut mark) };
        Marked { stack: self, mark }
    }
}

impl Drop for Marked {
    fn drop(&mut self) {
        // SAFETY: the mark is this thread's, see `marked`.
        unsafe { (self.stack.release)(&self.mark) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lasts_is_copied() {
        static VALUE: i32 = 7;
        assert_eq!(Lasting::from(&VALUE).get(), Some(7));
        assert_eq!(Lasting::<i32>::NONE.get(), None);
        assert_eq!(Lasting::from(c"SPOT").text().as_deref(), Some(c"SPOT"));
    }
}
