//! What an exception says, as the languages that raise them lay it out. Nothing is followed that cannot be read.

use super::original::{Demangle, Runtime};
use crate::memory::MemoryMap;
use std::ffi::{CStr, CString, c_void};

/// GNAT's exception class, `GNU-Ada`.
pub(super) const ADA: u64 = 0x474e_552d_4164_6100;
/// libstdc++'s, `GNUCC++`; the last byte is 1 for an exception that was kept and raised again.
pub(super) const CPP: u64 = 0x474e_5543_432b_2b00;
/// Longest name or message that is read.
const TEXT: usize = 1024;

/// GNAT: after a header of eight words the occurrence: identity, machine occurrence, length and bytes of the message. The
/// identity: two bytes, then the length of the name (its NUL counted) and its address.
pub(super) fn ada(memory: &MemoryMap, exception: u64) -> Option<(String, String)> {
    let occurrence = exception + 64;
    let identity = word(memory, occurrence)?;
    let length = (word(memory, identity)? >> 32) as usize;
    let name = text(memory, word(memory, identity + 8)?, length.saturating_sub(1).min(TEXT))?;
    let length = word(memory, occurrence + 16)? as u32 as usize;
    let message = text(memory, occurrence + 20, length.min(200)).unwrap_or_default();
    Some((name.to_lowercase(), message))
}

/// libstdc++: before the header its own fields, the first of which is the type; behind the header the object.
///
/// # Safety
/// An exception of libstdc++.
pub(super) unsafe fn cpp(
    memory: &MemoryMap,
    exception: u64,
    runtime: Option<&Runtime>,
) -> Option<(String, String)> {
    let own = (word(memory, exception)? & 1) == 0;
    // A dependent exception, which std::rethrow_exception makes, has in place of the type the object it was made from.
    let first = word(memory, exception - 80)?;
    let object = if own { exception + 32 } else { first };
    let ty = if own { first } else { word(memory, object - 32 - 80)? };
    let name = text_to_nul(memory, word(memory, ty + 8)?)?;
    // SAFETY: the type and the object of an exception of libstdc++.
    let message = unsafe { what(memory, runtime, ty, object) }.unwrap_or_default();
    let plain = demangler(runtime).and_then(|demangle| demangled(&name, demangle));
    Some((plain.unwrap_or_else(|| readable(&name)), message))
}

/// `what()` of an object that is a std::exception, asked as libstdc++'s own catch clauses do.
///
/// # Safety
/// The type_info and the object of an exception of libstdc++.
unsafe fn what(memory: &MemoryMap, runtime: Option<&Runtime>, ty: u64, object: u64) -> Option<String> {
    type Catch = unsafe extern "C-unwind" fn(u64, u64, *mut u64, u32) -> bool;
    type What = unsafe extern "C-unwind" fn(u64) -> u64;
    // Without its own run-time, another one's: types are the same whose names are.
    let other = || find(c"_ZTISt9exception").unwrap_or(std::ptr::null_mut()).cast_const();
    let base = runtime.map_or_else(other, |runtime| runtime.exception) as u64;
    if base == 0 {
        return None;
    }
    let catch = word(memory, word(memory, base)? + 4 * 8)?;
    let mut adjusted = object;
    // SAFETY: type_info's virtual `__do_catch` is its fifth in every libstdc++ since GCC 3; what() is the third of
    // std::exception, whose address `adjusted` is then.
    unsafe {
        let catch = std::mem::transmute::<u64, Catch>(catch);
        if !catch(base, ty, &raw mut adjusted, 1) {
            return None;
        }
        let what = std::mem::transmute::<u64, What>(word(memory, word(memory, adjusted)? + 2 * 8)?);
        text_to_nul(memory, what(adjusted))
    }
}

pub(super) fn word(memory: &MemoryMap, address: u64) -> Option<u64> {
    let mut bytes = [0; 8];
    // SAFETY: eight bytes of a local.
    let got = unsafe { memory.read(address, 8, 0, bytes.as_mut_ptr()) };
    (got == 8).then(|| u64::from_le_bytes(bytes))
}

fn text(memory: &MemoryMap, address: u64, length: usize) -> Option<String> {
    let mut bytes = vec![0; length];
    // SAFETY: as many bytes as the local has.
    let got = unsafe { memory.read(address, length as u64, 0, bytes.as_mut_ptr()) };
    (got == length as u64).then(|| bytes.iter().map(|byte| char::from(*byte)).collect())
}

fn text_to_nul(memory: &MemoryMap, address: u64) -> Option<String> {
    let mut bytes = vec![0; TEXT];
    // SAFETY: as many bytes as the local has.
    let (got, ended) = unsafe { memory.read_to_nul(address, TEXT as u64, 0, bytes.as_mut_ptr()) };
    let length = got as usize - usize::from(ended);
    // What is longer is cut.
    (ended || length == TEXT).then(|| bytes[..length].iter().map(|byte| char::from(*byte)).collect())
}

fn find(name: &CStr) -> Option<*mut c_void> {
    // SAFETY: a lookup by name.
    let address = unsafe { libc::dlsym(libc::RTLD_DEFAULT, name.as_ptr()) };
    (!address.is_null()).then_some(address)
}

fn demangler(runtime: Option<&Runtime>) -> Option<Demangle> {
    // SAFETY: the Itanium C++ ABI gives the function this signature.
    let other =
        || unsafe { find(c"__cxa_demangle").map(|code| std::mem::transmute::<*mut c_void, Demangle>(code)) };
    runtime.map(|runtime| runtime.demangle).or_else(other)
}

/// A mangled type name as it is written, by the run-time's own demangler.
fn demangled(mangled: &str, demangle: Demangle) -> Option<String> {
    let name = CString::new(mangled.trim_start_matches('*')).ok()?;
    // SAFETY: the function gives null, or a NUL-terminated text that is the caller's to free.
    unsafe {
        let (none, mut status) = (std::ptr::null_mut(), 0);
        let text = demangle(name.as_ptr(), none, std::ptr::null_mut(), &raw mut status);
        if text.is_null() {
            return None;
        }
        let plain = CStr::from_ptr(text).to_string_lossy().into_owned();
        libc::free(text.cast());
        Some(plain)
    }
}

/// The same without it, for class names: `St13runtime_error`, `N4plan6ErreurE`. Any other form stays as it is.
fn readable(mangled: &str) -> String {
    const PLAIN: [(&str, &str); 8] = [
        ("i", "int"),
        ("j", "unsigned int"),
        ("l", "long"),
        ("m", "unsigned long"),
        ("d", "double"),
        ("c", "char"),
        ("PKc", "const char *"),
        ("Ss", "std::string"),
    ];
    if let Some((_, plain)) = PLAIN.iter().find(|(code, _)| *code == mangled) {
        return (*plain).to_owned();
    }
    let mut rest = mangled.trim_start_matches('*');
    let mut parts = Vec::new();
    if let Some(nested) = rest.strip_prefix('N').and_then(|inner| inner.strip_suffix('E')) {
        rest = nested;
    }
    if let Some(inner) = rest.strip_prefix("St") {
        parts.push("std");
        rest = inner;
    }
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        let length = rest[..digits].parse::<usize>().unwrap_or(0);
        match rest[digits..].split_at_checked(length) {
            Some((part, after)) if length > 0 => {
                parts.push(part);
                rest = after;
            }
            _ => return mangled.to_owned(),
        }
    }
    parts.join("::")
}

#[cfg(test)]
mod tests {
    use super::readable;

    #[test]
    fn names_of_classes_are_readable() {
        for (mangled, expected) in [
            ("St13runtime_error", "std::runtime_error"),
            ("N4plan6ErreurE", "plan::Erreur"),
            ("NSt8ios_base7failureB5cxx11E", "NSt8ios_base7failureB5cxx11E"),
            ("6Erreur", "Erreur"),
            ("i", "int"),
            ("x", "x"),
            ("9", "9"),
        ] {
            assert_eq!(readable(mangled), expected);
        }
    }
}
