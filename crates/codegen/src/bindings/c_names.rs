//! Names in C and C++: the contract's own, unless a language keeps them for itself.

use crate::error::Unsupported;
use cmp_bridge_contract::model::{Contract, Routine, TypeKind};
use std::collections::{BTreeMap, BTreeSet};

/// Words that some C or C++ keeps for itself, and those that old compilers predefine.
const KEPT: &[&str] = &[
    "NULL",
    "alignas",
    "alignof",
    "and",
    "and_eq",
    "asm",
    "auto",
    "bitand",
    "bitor",
    "bool",
    "break",
    "case",
    "catch",
    "char",
    "char16_t",
    "char32_t",
    "char8_t",
    "class",
    "co_await",
    "co_return",
    "co_yield",
    "compl",
    "concept",
    "const",
    "const_cast",
    "consteval",
    "constexpr",
    "constinit",
    "continue",
    "decltype",
    "default",
    "delete",
    "do",
    "double",
    "dynamic_cast",
    "else",
    "enum",
    "errno",
    "explicit",
    "export",
    "extern",
    "false",
    "float",
    "for",
    "friend",
    "goto",
    "hp9000s800",
    "hppa",
    "hpux",
    "if",
    "inline",
    "int",
    "linux",
    "long",
    "mutable",
    "namespace",
    "new",
    "noexcept",
    "not",
    "not_eq",
    "nullptr",
    "operator",
    "or",
    "or_eq",
    "private",
    "protected",
    "public",
    "register",
    "reinterpret_cast",
    "requires",
    "restrict",
    "return",
    "short",
    "signed",
    "sizeof",
    "static",
    "static_assert",
    "static_cast",
    "struct",
    "switch",
    "template",
    "this",
    "thread_local",
    "throw",
    "true",
    "try",
    "typedef",
    "typeid",
    "typename",
    "typeof",
    "union",
    "unix",
    "unsigned",
    "using",
    "virtual",
    "void",
    "volatile",
    "wchar_t",
    "while",
    "xor",
    "xor_eq",
];

/// Macros of the headers that ours include.
const MACROS: &[&str] = &[
    "BUFSIZ",
    "EDOM",
    "EILSEQ",
    "EOF",
    "ERANGE",
    "EXIT_FAILURE",
    "EXIT_SUCCESS",
    "FILENAME_MAX",
    "FOPEN_MAX",
    "L_ctermid",
    "L_tmpnam",
    "MB_CUR_MAX",
    "MB_LEN_MAX",
    "P_tmpdir",
    "RAND_MAX",
    "SEEK_CUR",
    "SEEK_END",
    "SEEK_SET",
    "TMP_MAX",
    "assert",
    "offsetof",
    "stderr",
    "stdin",
    "stdout",
];

/// What <limits.h> and <stdint.h> define: `INT_MAX`, `UINT8_C`, `CHAR_BIT`.
fn is_limit(name: &str) -> bool {
    let kinds = [
        "CHAR",
        "SCHAR",
        "UCHAR",
        "SHRT",
        "USHRT",
        "INT",
        "UINT",
        "LONG",
        "ULONG",
        "LLONG",
        "ULLONG",
        "SIZE",
        "PTRDIFF",
        "SIG_ATOMIC",
        "WCHAR",
        "WINT",
    ];
    let Some((front, back)) = name.rsplit_once('_') else { return false };
    matches!(back, "MAX" | "MIN" | "BIT" | "WIDTH" | "C")
        && (kinds.contains(&front) || front.starts_with("INT") || front.starts_with("UINT"))
}

fn is_kept(name: &str) -> bool {
    KEPT.contains(&name) || MACROS.contains(&name) || is_limit(name)
}

/// A name that C and C++ accept.
pub(crate) fn plain(name: &str) -> String {
    if is_kept(name) { format!("{name}_") } else { name.to_string() }
}

/// Headers of C and POSIX, which one of ours with the same name would hide.
const HEADERS: &[&str] = &[
    "aio",
    "alloca",
    "assert",
    "complex",
    "cpio",
    "ctype",
    "dirent",
    "dlfcn",
    "errno",
    "fcntl",
    "features",
    "fenv",
    "float",
    "fmtmsg",
    "fnmatch",
    "ftw",
    "glob",
    "grp",
    "iconv",
    "inttypes",
    "iso646",
    "langinfo",
    "libgen",
    "limits",
    "locale",
    "malloc",
    "math",
    "memory",
    "monetary",
    "mqueue",
    "ndbm",
    "netdb",
    "nl_types",
    "poll",
    "pthread",
    "pwd",
    "regex",
    "sched",
    "search",
    "semaphore",
    "setjmp",
    "signal",
    "spawn",
    "stdalign",
    "stdarg",
    "stdatomic",
    "stdbool",
    "stddef",
    "stdint",
    "stdio",
    "stdlib",
    "stdnoreturn",
    "string",
    "strings",
    "stropts",
    "syslog",
    "tar",
    "termios",
    "tgmath",
    "threads",
    "time",
    "trace",
    "uchar",
    "ulimit",
    "unistd",
    "utime",
    "utmpx",
    "values",
    "varargs",
    "wchar",
    "wctype",
    "wordexp",
];

/// Names that the headers of C have at file scope, where a namespace of C++ cannot have them.
const LIBRARY: &[&str] = &[
    "abort",
    "abs",
    "atexit",
    "atof",
    "atoi",
    "atol",
    "bsearch",
    "calloc",
    "clearerr",
    "clock",
    "ctime",
    "difftime",
    "div",
    "exit",
    "fclose",
    "feof",
    "ferror",
    "fflush",
    "fgetc",
    "fgets",
    "fopen",
    "fprintf",
    "fputc",
    "fputs",
    "fread",
    "free",
    "freopen",
    "fscanf",
    "fseek",
    "ftell",
    "fwrite",
    "getc",
    "getchar",
    "getenv",
    "gets",
    "gmtime",
    "index",
    "labs",
    "ldiv",
    "localtime",
    "malloc",
    "memchr",
    "memcmp",
    "memcpy",
    "memmove",
    "memset",
    "mktime",
    "perror",
    "printf",
    "putc",
    "putchar",
    "puts",
    "qsort",
    "raise",
    "rand",
    "random",
    "realloc",
    "remove",
    "rename",
    "rewind",
    "rindex",
    "scanf",
    "select",
    "setbuf",
    "signal",
    "sprintf",
    "srand",
    "sscanf",
    "std",
    "strcat",
    "strchr",
    "strcmp",
    "strcoll",
    "strcpy",
    "strcspn",
    "strdup",
    "strerror",
    "strlen",
    "strncat",
    "strncmp",
    "strncpy",
    "strpbrk",
    "strrchr",
    "strspn",
    "strstr",
    "strtod",
    "strtok",
    "strtol",
    "strtoul",
    "system",
    "time",
    "tmpfile",
    "tmpnam",
    "ungetc",
    "vfprintf",
    "vprintf",
    "vsprintf",
];

/// Why a component's name cannot be that of a header.
pub(crate) fn header_fault(component: &str) -> Option<String> {
    if component == "cmp_bridge" {
        return Some("`cmp_bridge.h` is the header that all have in common; rename the component".into());
    }
    let hidden = HEADERS.contains(&component);
    hidden.then(|| format!("`{component}.h` would hide the system's <{component}.h>; rename the component"))
}

/// Why it cannot be that of a namespace.
pub(crate) fn namespace_fault(component: &str) -> Option<String> {
    let taken = LIBRARY.contains(&component);
    taken.then(|| {
        format!(
            "`{component}` is a name of the C library, which a namespace cannot have; rename the component"
        )
    })
}

/// A C identifier: what a linker accepts may be more.
pub(crate) fn is_identifier(symbol: &str) -> bool {
    cmp_bridge_contract::syntax::is_identifier(symbol) && !is_kept(symbol)
}

/// The names that a header declares, all different.
pub(crate) struct Names<'a> {
    types: BTreeMap<&'a str, String>,
    values: BTreeMap<(&'a str, &'a str), String>,
    taken: BTreeSet<String>,
}

impl<'a> Names<'a> {
    /// Chooses the names of `types` and of their enumeration values, beside those of the routines and of their state.
    pub fn new(
        contract: &'a Contract,
        routines: &[&'a Routine],
        types: &[&'a str],
    ) -> Result<Names<'a>, Vec<Unsupported>> {
        let symbols = routines.iter().map(|routine| routine.symbol.clone());
        let areas = contract.state.iter().map(|area| area.symbol.clone());
        let taken = symbols.chain(areas).collect();
        let mut names = Names { types: BTreeMap::new(), values: BTreeMap::new(), taken };
        let mut faults = Vec::new();
        let mut fault = |part: String| {
            let routine = routines.first().map_or(String::new(), |routine| routine.name.clone());
            let reason = "its name in C is taken; rename it in the contract".to_string();
            faults.push(Unsupported { routine, part, reason });
        };
        for def in contract.types.iter().filter(|def| types.contains(&def.name.as_str())) {
            match names.choose([plain(&def.name), format!("{}_t", def.name)]) {
                Some(name) => drop(names.types.insert(&def.name, name)),
                None => fault(format!("type `{}`", def.name)),
            }
        }
        for def in contract.types.iter().filter(|def| types.contains(&def.name.as_str())) {
            let TypeKind::Enum { values, .. } = &def.kind else { continue };
            for (value, _) in values {
                match names.choose([plain(value), format!("{}_{value}", def.name)]) {
                    Some(name) => drop(names.values.insert((&def.name, value), name)),
                    None => fault(format!("type `{}`, value `{value}`", def.name)),
                }
            }
        }
        if faults.is_empty() { Ok(names) } else { Err(faults) }
    }

    fn choose(&mut self, wanted: [String; 2]) -> Option<String> {
        wanted.into_iter().find(|name| self.taken.insert(name.clone()))
    }

    /// The name of a type.
    pub fn ty(&self, name: &str) -> String {
        self.types.get(name).cloned().unwrap_or_else(|| plain(name))
    }

    /// The name of an enumeration's value.
    pub fn value(&self, ty: &str, value: &str) -> String {
        self.values.get(&(ty, value)).cloned().unwrap_or_else(|| plain(value))
    }

    /// The name of a parameter, which hides no type that later parameters need.
    pub fn param(&self, name: &str) -> String {
        let name = plain(name);
        if self.types.values().any(|ty| *ty == name) { name + "_" } else { name }
    }
}
