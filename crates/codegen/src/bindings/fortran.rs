//! What the two Fortran printers share: names without case, types as Fortran spells them, comments.

use crate::error::Unsupported;
use cmp_bridge_contract::expr::Expr;
use cmp_bridge_contract::model::{
    Contract, Extent, Language, Param, Routine, StateKind, Type, TypeDef, TypeKind,
};
use std::collections::BTreeSet;

/// Longest name in Fortran 2003 and later.
pub(crate) const LONGEST: usize = 63;

/// Words that are names in Fortran like any other, and mislead a reader all the same.
const MISLEADING: &[&str] = &[
    "allocatable",
    "allocate",
    "backspace",
    "call",
    "case",
    "character",
    "class",
    "close",
    "common",
    "complex",
    "contains",
    "continue",
    "cycle",
    "data",
    "deallocate",
    "dimension",
    "do",
    "else",
    "end",
    "entry",
    "exit",
    "external",
    "format",
    "forall",
    "function",
    "if",
    "implicit",
    "import",
    "include",
    "inquire",
    "integer",
    "intent",
    "interface",
    "intrinsic",
    "logical",
    "module",
    "none",
    "nullify",
    "open",
    "optional",
    "parameter",
    "pointer",
    "print",
    "procedure",
    "program",
    "read",
    "real",
    "result",
    "return",
    "rewind",
    "save",
    "select",
    "stop",
    "subroutine",
    "target",
    "then",
    "type",
    "use",
    "value",
    "where",
    "while",
    "write",
];

/// A Fortran name: lower case, a letter first. Not yet checked for its length, nor against other names.
pub(crate) fn identifier(name: &str) -> String {
    let lower = name.trim_start_matches('_').to_ascii_lowercase();
    match lower.chars().next() {
        Some(first) if first.is_ascii_alphabetic() => lower,
        _ => format!("x{lower}"),
    }
}

/// The name of a dummy argument or of a component.
pub(crate) fn variable(name: &str) -> String {
    let mut name = identifier(name);
    // Room for what is appended to the names of copies and lengths.
    if name.len() > LONGEST - 11 {
        let end = (0..=LONGEST - 11).rev().find(|at| name.is_char_boundary(*at));
        name.truncate(end.unwrap_or(0));
    }
    if MISLEADING.contains(&name.as_str()) { name + "_" } else { name }
}

/// The intrinsic procedures of Fortran 2008.
const INTRINSIC: &str = "\
    abs achar acos acosh adjustl adjustr aimag aint all allocated alog alog10 amax0 amax1 amin0 amin1 \
    amod anint any asin asinh associated atan atan2 atanh atomic_define atomic_ref bessel_j0 bessel_j1 \
    bessel_jn bessel_y0 bessel_y1 bessel_yn bge bgt bit_size ble blt btest cabs ccos ceiling cexp char \
    clog cmplx command_argument_count conjg cos cosh count cpu_time cshift csin csqrt dabs dacos dasin \
    datan datan2 date_and_time dble dcos dcosh ddim dexp digits dim dint dlog dlog10 dmax1 dmin1 dmod \
    dnint dot_product dprod dshiftl dshiftr dsign dsin dsinh dsqrt dtan dtanh eoshift epsilon erf erfc \
    erfc_scaled execute_command_line exp exponent extends_type_of findloc float floor fraction gamma \
    get_command get_command_argument get_environment_variable huge hypot iabs iachar iall iand iany \
    ibclr ibits ibset ichar idim idint idnint ieor ifix image_index index int ior iparity is_contiguous \
    is_iostat_end is_iostat_eor ishft ishftc isign kind lbound lcobound leadz len len_trim lge lgt lle \
    llt log log10 log_gamma logical maskl maskr matmul max max0 max1 maxexponent maxloc maxval merge \
    merge_bits min min0 min1 minexponent minloc minval mod modulo move_alloc mvbits nearest new_line \
    nint norm2 not null num_images pack parity popcnt poppar precision present product radix \
    random_number random_seed range rank real reduce repeat reshape rrspacing same_type_as scale scan \
    selected_char_kind selected_int_kind selected_real_kind set_exponent shape shifta shiftl shiftr sign \
    sin sinh size sngl spacing spread sqrt storage_size sum system_clock tan tanh this_image tiny trailz \
    transfer transpose trim ubound ucobound unpack verify \
    ";

/// The word is Fortran's own: a statement's, or an intrinsic procedure's.
pub(crate) fn is_taken(name: &str) -> bool {
    MISLEADING.contains(&name) || INTRINSIC.split_ascii_whitespace().any(|word| word == name)
}

/// The names of one scope. Fortran does not tell case.
#[derive(Debug, Clone, Default)]
pub(crate) struct Names {
    taken: BTreeSet<String>,
}

impl Names {
    /// A scope in which these have a meaning already.
    pub fn with(names: &[&str]) -> Names {
        Names { taken: names.iter().map(|name| name.to_ascii_lowercase()).collect() }
    }

    /// Takes a name as it is. False: another thing has it.
    pub fn claim(&mut self, name: &str) -> bool {
        self.taken.insert(name.to_ascii_lowercase())
    }

    /// A thing has this name already.
    pub fn has(&self, name: &str) -> bool {
        self.taken.contains(&name.to_ascii_lowercase())
    }

    /// Takes a name, or one like it that is free.
    pub fn take(&mut self, wanted: &str) -> String {
        let mut name = wanted.to_string();
        let mut n = 2;
        while !self.claim(&name) {
            name = format!("{wanted}_{n}");
            n += 1;
        }
        name
    }
}

/// What to do about a name that is too long: that of the symbol, or the contract's.
pub(crate) fn shorten(routine: &Routine, by_symbol: bool) -> String {
    match by_symbol {
        false => format!("write [routine.SHORTER] instead of [routine.{}]; the `symbol` stays", routine.name),
        true => format!(
            "Fortran calls it by its symbol, `{}`: write a routine of a shorter symbol around it",
            routine.symbol
        ),
    }
}

/// A fault of a routine.
pub(crate) fn fault(routine: &Routine, part: impl Into<String>, reason: impl Into<String>) -> Unsupported {
    Unsupported { routine: routine.name.clone(), part: part.into(), reason: reason.into() }
}

/// The part of a routine that a parameter is, in messages.
pub(crate) fn part(param: &Param) -> String {
    format!("parameter `{}`", param.name)
}

/// Text for a comment of any of these languages: ASCII, one line, nothing that ends or begins a C comment.
pub(crate) fn plain(text: &str) -> String {
    let ascii: String =
        text.chars().map(|c| if c.is_ascii() && !c.is_ascii_control() { c } else { '.' }).collect();
    ascii.replace("*/", "* /").replace("/*", "/ *").replace("??", "? ?")
}

/// Breaks text between words; a word longer than the width stays whole.
pub(crate) fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        match lines.last_mut() {
            Some(line) if line.len() + 1 + word.len() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_string()),
        }
    }
    lines
}

/// The dimensions of an array as Fortran writes them, the one that varies fastest first, and its element. A run of
/// characters is an element: text of that length.
pub(crate) fn dimensions(ty: &Type) -> (Vec<&Extent>, &Type) {
    let (mut inner, mut extents) = (ty, Vec::new());
    while let Type::Array(element, extent) = inner {
        if **element == Type::Char && !matches!(extent, Extent::Carried(_)) {
            break;
        }
        extents.push(extent);
        inner = element;
    }
    extents.reverse();
    (extents, inner)
}

/// An extent as Fortran writes it; `rename` gives the dummy argument of a parameter, if its value is known at the entry.
pub(crate) fn extent(extent: &Extent, rename: &dyn Fn(&str) -> Option<String>) -> Option<String> {
    match extent {
        Extent::Expr(expr) => expression(expr, rename),
        Extent::Unknown | Extent::Carried(_) => None,
    }
}

/// An expression as Fortran and C write it. `None` if it needs what has no value when the routine is entered.
pub(crate) fn expression(expr: &Expr, rename: &dyn Fn(&str) -> Option<String>) -> Option<String> {
    if let Some(value) = expr.constant() {
        return Some(value.to_string());
    }
    let pair = |left: &Expr, sign: &str, right: &Expr, tight: bool| {
        let side = |e: &Expr, closed: bool| {
            let text = expression(e, rename)?;
            let simple = matches!(e, Expr::Param(_)) || e.constant().is_some_and(|value| value >= 0);
            Some(if simple || !closed { text } else { format!("({text})") })
        };
        Some(format!("{}{sign}{}", side(left, tight)?, side(right, true)?))
    };
    match expr {
        Expr::Const(value) => Some(value.to_string()),
        Expr::Param(name) => rename(name),
        Expr::Add(left, right) => pair(left, "+", right, false),
        Expr::Sub(left, right) => pair(left, "-", right, false),
        Expr::Mul(left, right) => pair(left, "*", right, true),
        Expr::Clamp(inner) => expression(inner, rename).map(|inner| format!("max(0, {inner})")),
    }
}

/// The parameter of that name, if it is an integer whose value is known when the routine is entered.
pub(crate) fn entry_value<'a>(contract: &Contract, routine: &'a Routine, name: &str) -> Option<&'a Param> {
    use cmp_bridge_contract::model::Use;
    let param = routine.params.iter().find(|param| param.name == name)?;
    let integer = matches!(contract.scalar(&param.ty), Type::Int(..));
    (integer && !param.nullable && matches!(param.usage, Use::In | Use::InOut)).then_some(param)
}

/// An integer, or an array of such, whose values Fortran does not tell from negative ones.
pub(crate) fn unsigned(contract: &Contract, ty: &Type) -> bool {
    matches!(contract.scalar(dimensions(ty).1), Type::Int(_, false))
}

/// A status code as Fortran sees it: one of an unsigned type is the negative number of the same bits.
pub(crate) fn seen(contract: &Contract, routine: &Routine, code: i64) -> i64 {
    use cmp_bridge_contract::model::Use;
    let carrier = routine.params.iter().find(|param| param.usage == Use::Status).map(|param| &param.ty);
    let ty = carrier.or(routine.returns.as_ref().map(|returns| &returns.ty));
    match ty.map(|ty| contract.scalar(ty)) {
        Some(Type::Int(bytes @ 1..8, false)) => {
            let shift = 64 - u32::from(*bytes) * 8;
            (code << shift) >> shift
        }
        _ => code,
    }
}

/// The C symbol that takes back the text whose address a routine returns.
pub(crate) fn release(contract: &Contract, routine: &Routine) -> Option<String> {
    let name = routine.returns.as_ref()?.release.as_deref()?;
    match contract.routine(name) {
        Some(release) if release.symbol.contains(['\'', '"', '&']) || release.params.len() != 1 => None,
        Some(release) => Some(release.symbol.clone()),
        None => (name == "free").then(|| name.to_string()),
    }
}

/// The text inside an element: a Fortran CHARACTER of any form, or a run of `char`.
pub(crate) fn is_text(element: &Type) -> bool {
    match element {
        Type::Char | Type::Chars | Type::Cstr => true,
        Type::Array(inner, _) => **inner == Type::Char,
        _ => false,
    }
}

/// The definition of a record, a union or another type that has an inside and is no scalar.
pub(crate) fn record<'a>(contract: &'a Contract, ty: &Type) -> Option<&'a TypeDef> {
    let Type::Named(name) = ty else { return None };
    contract.type_def(name).filter(|def| {
        matches!(
            def.kind,
            TypeKind::Struct(_) | TypeKind::Union(_) | TypeKind::Packed { .. } | TypeKind::Opaque { .. }
        )
    })
}

/// The signature of a callback.
pub(crate) fn callback<'a>(contract: &'a Contract, ty: &Type) -> Option<&'a TypeDef> {
    let Type::Named(name) = ty else { return None };
    contract.type_def(name).filter(|def| matches!(def.kind, TypeKind::Function { .. }))
}

/// Text between the component and its callers ends with a NUL, and is blank padded in Fortran.
pub(crate) fn ends_with_nul(contract: &Contract) -> bool {
    matches!(contract.component.language, Language::C | Language::Cpp)
}

/// The COMMON blocks that the routines use, with a view of each: the first that is a record, else the first.
pub(crate) fn commons<'a>(contract: &'a Contract, routines: &[&'a Routine]) -> Vec<Common<'a>> {
    let mut list = Vec::new();
    for area in contract.state.iter().filter(|area| area.kind == StateKind::Common) {
        let mut views: Vec<&Type> = Vec::new();
        for view in routines.iter().flat_map(|routine| &routine.state) {
            if view.area == area.name && !views.contains(&&view.view) {
                views.push(&view.view);
            }
        }
        let best = views.iter().position(|view| record(contract, view).is_some()).unwrap_or(0);
        if !views.is_empty() {
            let view = views.remove(best);
            list.push(Common {
                name: &area.name,
                symbol: &area.symbol,
                size: area.size,
                view,
                others: views,
            });
        }
    }
    list
}

/// A COMMON block.
pub(crate) struct Common<'a> {
    pub name: &'a str,
    pub symbol: &'a str,
    pub size: u64,
    /// What is printed.
    pub view: &'a Type,
    /// The other views there are.
    pub others: Vec<&'a Type>,
}

/// The Fortran name of what has this symbol: `inicst` of `inicst_`. None: Fortran cannot write it.
pub(crate) fn stem(symbol: &str) -> Option<&str> {
    let stem = symbol.strip_suffix('_')?;
    let fits = stem.starts_with(|c: char| c.is_ascii_lowercase())
        && stem.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
    fits.then_some(stem)
}

/// Why an array that is returned with its bounds is refused.
pub(crate) fn returned_array(contract: &Contract) -> String {
    match contract.component.language {
        Language::Ada => "the array lies on Ada's secondary stack, which only Ada releases; put an Ada routine with an `out` array \
                          around it",
        _ => "the shape of an array returned through a descriptor is not in the contract; put a subroutine with an `out` array \
              around it",
    }
    .into()
}

/// Why no Fortran printer can print this routine, whatever its parameters are.
pub(crate) fn refusals(routine: &Routine) -> Vec<Unsupported> {
    let mut faults = Vec::new();
    if routine.varargs {
        let reason =
            "Fortran calls no routine with variable arguments; put one with fixed arguments around it";
        faults.push(fault(routine, "its arguments", reason));
    }
    if routine.static_link {
        let reason = "it works on the frame of the routine around it: take that one instead";
        faults.push(fault(routine, "its static link", reason));
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_no_case() {
        assert_eq!((identifier("_Frame"), identifier("__2")), ("frame".into(), "x2".into()));
        assert_eq!((variable("END"), variable("n")), ("end_".into(), "n".into()));
        let mut names = Names::with(&["Size"]);
        assert_eq!(
            (names.take("SIZE"), names.take("n"), names.take("N")),
            ("SIZE_2".into(), "n".into(), "N_2".into())
        );
    }

    #[test]
    fn expressions_keep_their_value() {
        let keep = |name: &str| Some(name.to_string());
        for (text, expected) in [
            ("2*m-1", "(2*m)-1"),
            ("n", "n"),
            ("n-(m-1)", "n-(m-1)"),
            ("(n-1)*lda+n", "((n-1)*lda)+n"),
            ("2*3", "6"),
            ("-n", "0-n"),
            ("n*-2", "n*(-2)"),
        ] {
            let expr = Expr::parse(text).expect(text);
            let printed = expression(&expr, &keep).expect(text);
            let again = Expr::parse(&printed).expect(&printed);
            let value = |name: &str| Some(if name == "n" { 7 } else { 3 });
            assert_eq!(expr.evaluate(&value), again.evaluate(&value), "{text}: {printed}, like {expected}");
        }
        assert_eq!(expression(&Expr::parse("n").expect("n"), &|_| None), None);
    }

    #[test]
    fn a_dimension_that_varies_fastest_comes_first() {
        let ty = Type::parse("[[f64; 3]; n]").expect("a type");
        let (extents, element) = dimensions(&ty);
        assert_eq!((extents.len(), element), (2, &Type::F64));
        assert_eq!(extents[0].to_string(), "3");
        let ty = Type::parse("[[char; 24]; 64]").expect("a type");
        assert_eq!(dimensions(&ty).1.to_string(), "[char; 24]");
    }

    #[test]
    fn comments_hold_plain_text() {
        assert_eq!(plain("operator*(double)*/ \u{e9}??/"), "operator*(double)* / .? ?/");
        assert_eq!(wrapped("one two three", 7), ["one two", "three"]);
    }
}
