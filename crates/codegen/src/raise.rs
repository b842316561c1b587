//! How a relinked rewrite raises an exception of its program's language.

use crate::page::Page;
use cmp_bridge_contract::model::Language;

/// Prints `raise`.
pub(crate) fn print(language: Language, page: &mut Page) {
    page.line("/// Raises in the legacy program what a rewrite did, in a relinked build. `None`: it panicked, or could not answer.");
    page.line("#[cfg(feature = \"relink\")]");
    page.line("#[cold]");
    match language {
        Language::Cpp => cpp(page),
        Language::Ada => ada(page),
        Language::C | Language::Fortran => {
            page.open("fn raise(_raised: Option<Exception>, routine: &str) -> ! {");
            page.line("// The language has no exceptions.");
            page.line("support::unanswered(routine, Answer::RAISED)");
            page.close("}");
        }
    }
    page.gap();
}

/// Prints `caught`, in which the exceptions of legacy code end.
pub(crate) fn caught(language: Language, page: &mut Page) {
    if language != Language::Cpp {
        page.line("use ::cmp_bridge::support::caught;");
        return page.gap();
    }
    page.line("#[cfg(not(feature = \"relink\"))]");
    page.line("use ::cmp_bridge::support::caught;");
    page.gap();
    page.line("/// Ends the exceptions of the linked C++ run-time, which need not export anything.");
    page.line("#[cfg(feature = \"relink\")]");
    page.line("#[inline]");
    page.open("fn caught<T>(call: impl FnOnce() -> T) -> Result<T, Exception> {");
    page.line("// SAFETY: functions and a type of libstdc++ with these signatures.");
    page.open("unsafe extern \"C-unwind\" {");
    for (declaration, symbol) in RUNTIME {
        page.line(&format!("#[link_name = \"{symbol}\"]"));
        page.line(&format!("{declaration};"));
    }
    page.close("}");
    page.line("// SAFETY: as above.");
    page.open("unsafe extern \"C\" {");
    page.line("#[link_name = \"__cxa_demangle\"]");
    page.list("fn demangle(", &DEMANGLE.map(str::to_string), ") -> *mut core::ffi::c_char;");
    page.close("}");
    page.line("static RUNTIME: support::Runtime = support::Runtime {");
    page.line("    begin, end, current, add, release, demangle,");
    page.line("    exception: &raw const EXCEPTION,");
    page.line("};");
    page.line("support::caught_by(&RUNTIME, call)");
    page.close("}");
    page.gap();
}

/// What a handler of C++ is made of.
const RUNTIME: [(&str, &str); 6] = [
    ("fn begin(exception: *mut u8) -> *mut c_void", "__cxa_begin_catch"),
    ("fn end()", "__cxa_end_catch"),
    ("fn current(to: *mut *mut c_void)", "_ZSt17current_exceptionv"),
    ("fn add(object: *mut *mut c_void)", "_ZNSt15__exception_ptr13exception_ptr9_M_addrefEv"),
    ("fn release(object: *mut *mut c_void)", "_ZNSt15__exception_ptr13exception_ptr10_M_releaseEv"),
    ("static EXCEPTION: c_void", "_ZTISt9exception"),
];

const DEMANGLE: [&str; 4] = [
    "name: *const core::ffi::c_char",
    "room: *mut core::ffi::c_char",
    "length: *mut usize",
    "status: *mut core::ffi::c_int",
];

/// The classes of `<stdexcept>`, and the functions of libstdc++ that throw them.
const CLASSES: [(&str, &str); 9] = [
    ("logic_error", "_ZSt19__throw_logic_errorPKc"),
    ("domain_error", "_ZSt20__throw_domain_errorPKc"),
    ("invalid_argument", "_ZSt24__throw_invalid_argumentPKc"),
    ("length_error", "_ZSt20__throw_length_errorPKc"),
    ("out_of_range", "_ZSt20__throw_out_of_rangePKc"),
    ("runtime_error", "_ZSt21__throw_runtime_errorPKc"),
    ("range_error", "_ZSt19__throw_range_errorPKc"),
    ("overflow_error", "_ZSt22__throw_overflow_errorPKc"),
    ("underflow_error", "_ZSt23__throw_underflow_errorPKc"),
];

fn cpp(page: &mut Page) {
    page.open("fn raise(raised: Option<Exception>, routine: &str) -> ! {");
    page.line("// SAFETY: functions of libstdc++ with these signatures.");
    page.open("unsafe extern \"C-unwind\" {");
    page.line("#[link_name = \"_ZSt17rethrow_exceptionNSt15__exception_ptr13exception_ptrE\"]");
    page.line("fn again(object: *const *mut c_void) -> !;");
    for (class, symbol) in CLASSES {
        page.line(&format!("#[link_name = \"{symbol}\"]"));
        page.line(&format!("fn {class}(what: *const core::ffi::c_char) -> !;"));
    }
    page.close("}");
    page.open("let classes: [(&str, support::Throw); 9] = [");
    for (class, _) in CLASSES {
        page.line(&format!("(\"std::{class}\", {class}),"));
    }
    page.close("];");
    page.line("// SAFETY: they are what they are called.");
    page.line("unsafe { support::throw(raised, routine, again, &classes) }");
    page.close("}");
}

fn ada(page: &mut Page) {
    page.open("fn raise(raised: Option<Exception>, routine: &str) -> ! {");
    page.line("// SAFETY: subprograms and an exception of GNAT's run-time library.");
    page.open("unsafe extern \"C-unwind\" {");
    page.line("#[link_name = \"system__exception_table__internal_exception\"]");
    page.line("fn named(name: *const u8, bounds: *const [i32; 2], create: u8) -> *const c_void;");
    page.line("#[link_name = \"__gnat_raise_exception\"]");
    page.line("fn raise_exception(id: *const c_void, text: *const u8, bounds: *const [i32; 2]) -> !;");
    page.line("static program_error: u8;");
    page.close("}");
    page.line("let otherwise = (&raw const program_error).cast();");
    page.line("// SAFETY: they are what they are called.");
    page.line("unsafe { support::raise_ada(raised, routine, otherwise, named, raise_exception) }");
    page.close("}");
}
