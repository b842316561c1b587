//! Names of C++ routines: mangled symbols in words, and identifiers that mean the same routine tomorrow.
//!
//! A routine is called after its class and its own name: `plan::Agenda::editer() const` is `agenda_editer`. Where several
//! routines would have that name, every one of them says more: its namespace, then its template arguments, then its
//! parameters (`agenda_ajouter_evenement_ptr`). No name depends on an order, so that an overload that is added never
//! takes over the name of another one.

use std::collections::{HashMap, HashSet};
use std::fmt;

use cpp_demangle::{BorrowedSymbol, DemangleOptions, DemangleWrite, ParseOptions};

/// Longest mangled symbol that is read.
const MAX_SYMBOL: usize = 1 << 16;
/// Longest name in words: substitutions repeat themselves, and grow without bound.
const MAX_WORDS: usize = 1 << 15;
/// How deep the parts of a symbol may nest.
const MAX_NESTING: u32 = 96;
/// Longest identifier that is made of a name.
const MAX_NAME: usize = 100;

/// A C++ symbol in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Words {
    /// Namespaces, classes and, for what is local to a routine, that routine.
    pub scopes: Vec<String>,
    /// Own name, with template arguments.
    pub name: String,
    /// Parameters in parentheses and what follows them; empty for data.
    pub params: String,
}

impl Words {
    /// Reads a mangled symbol. `None` when it is not one, or when it nests or repeats itself beyond reason.
    pub(crate) fn read(symbol: &str) -> Option<Words> {
        if !symbol.starts_with("_Z") || symbol.len() > MAX_SYMBOL {
            return None;
        }
        // A clone's suffix such as `.constprop.0` is no part of the name, and a clone of a transaction no name at all.
        let own = symbol.split('.').next().filter(|own| !own.starts_with("_ZGT"))?;
        let options = ParseOptions::default().recursion_limit(MAX_NESTING);
        let parsed = BorrowedSymbol::with_tail_and_options(own.as_bytes(), &options);
        let (parsed, _) = parsed.ok().filter(|(_, rest)| rest.is_empty())?;
        let mut bounded = Bounded(String::new());
        let options = DemangleOptions::new().no_return_type().recursion_limit(4 * MAX_NESTING);
        parsed.structured_demangle(&mut bounded, &options).ok()?;
        let mut scopes = split(&simple(&bounded.0));
        let last = scopes.pop()?;
        let (name, params) = last.split_at(name_end(&last));
        Some(Words { scopes, name: name.to_string(), params: params.to_string() })
    }

    /// The whole: `plan::Agenda::ajouter(plan::Evenement*)`.
    pub(crate) fn text(&self) -> String {
        format!("{}{}", self.qualified(), self.params)
    }

    fn qualified(&self) -> String {
        let scopes: String = self.scopes.iter().map(|scope| format!("{scope}::")).collect();
        scopes + &self.name
    }

    /// A constructor of its class.
    pub(crate) fn is_constructor(&self) -> bool {
        self.scopes.last().is_some_and(|class| bare(class) == bare(&self.name))
    }

    /// The destructor of its class.
    pub(crate) fn is_destructor(&self) -> bool {
        self.name.starts_with('~')
    }

    /// Whether debug information with this number of written parameters speaks of the same routine. What the words do not
    /// tell (`T...` that was not expanded, data, brackets that are operators) contradicts nothing.
    pub(crate) fn counts(&self, number: usize, symbol: &str) -> bool {
        if number == 0 && self.name.starts_with("operator") {
            // A conversion to the address of a routine has parentheses of its own.
            return true;
        }
        let Some(items) = listed(&self.params) else { return true };
        let packs = items.iter().filter(|item| item.len() > 3 && item.ends_with("...")).count();
        let single = |item: &&String| !matches!(item.as_str(), "" | "void" | "...") && !item.ends_with("...");
        let fixed = items.iter().filter(single).count();
        // The demangler takes the first parameter of a constructor template for what it returns.
        let constructor = ["C1I", "C2I", "C3I"].iter().any(|mark| symbol.contains(mark));
        let less = usize::from(constructor);
        if packs > 0 { number >= fixed } else { number == fixed || number == fixed + less }
    }

    /// Whether debug information that says `name` speaks of the same routine.
    pub(crate) fn agrees(&self, name: &str) -> bool {
        // Conversion operators and lambdas are spelled in ways of their own.
        let odd = |text: &str| text.starts_with("operator") || text.starts_with(['<', '{', '_']);
        let squeezed = |text: &str| bare(text).replace(' ', "");
        squeezed(&self.name) == squeezed(name)
            || (odd(&self.name) && odd(name))
            || self.is_constructor()
            || self.is_destructor()
            || self.scopes.last().is_some_and(|class| bare(class) == bare(name))
    }
}

/// What stands between the first parentheses, split at its own commas. `None` where brackets do not match.
fn listed(params: &str) -> Option<Vec<String>> {
    let mut items = vec![String::new()];
    let mut open = vec![')'];
    let mut previous = ' ';
    for c in params.strip_prefix('(')?.chars() {
        match c {
            '(' => open.push(')'),
            '[' => open.push(']'),
            '{' => open.push('}'),
            '<' => open.push('>'),
            '>' if previous == '-' => {}
            ')' | ']' | '}' | '>' => {
                if open.pop() != Some(c) {
                    return None;
                }
                if open.is_empty() {
                    return Some(items.iter().map(|item| item.trim().to_string()).collect());
                }
            }
            _ => {}
        }
        previous = c;
        match (c, open.len()) {
            (',', 1) => items.push(String::new()),
            _ => items.last_mut()?.push(c),
        }
    }
    None
}

/// Text that does not grow without bound.
struct Bounded(String);

impl DemangleWrite for Bounded {
    fn write_string(&mut self, text: &str) -> fmt::Result {
        if self.0.len() + text.len() > MAX_WORDS {
            return Err(fmt::Error);
        }
        self.0.push_str(text);
        Ok(())
    }
}

/// A name without template arguments.
pub(crate) fn bare(name: &str) -> &str {
    match name.strip_prefix("operator") {
        Some(rest) if !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_') => {
            match operator(rest) {
                // A conversion: its name is a type.
                "" => name,
                symbol => &name[.."operator".len() + symbol.len()],
            }
        }
        _ if name.starts_with('<') => name,
        _ => name.split('<').next().unwrap_or(name).trim_end(),
    }
}

/// Operators, the longer of two with the same beginning first, and how they are called in identifiers.
const OPERATORS: [(&str, &str); 44] = [
    ("<=>", "spaceship"),
    ("<<=", "shl_assign"),
    (">>=", "shr_assign"),
    ("->*", "arrow_star"),
    ("()", "call"),
    ("[]", "index"),
    ("<<", "shl"),
    (">>", "shr"),
    ("<=", "le"),
    (">=", "ge"),
    ("->", "arrow"),
    ("==", "eq"),
    ("!=", "ne"),
    ("&&", "and"),
    ("||", "or"),
    ("++", "increment"),
    ("--", "decrement"),
    ("+=", "add_assign"),
    ("-=", "sub_assign"),
    ("*=", "mul_assign"),
    ("/=", "div_assign"),
    ("%=", "rem_assign"),
    ("^=", "xor_assign"),
    ("&=", "and_assign"),
    ("|=", "or_assign"),
    (" new[]", "new_array"),
    (" delete[]", "delete_array"),
    (" new", "new"),
    (" delete", "delete"),
    ("\"\"", "literal"),
    ("<", "lt"),
    (">", "gt"),
    ("=", "assign"),
    ("+", "add"),
    ("-", "sub"),
    ("*", "mul"),
    ("/", "div"),
    ("%", "rem"),
    ("^", "xor"),
    ("&", "bit_and"),
    ("|", "bit_or"),
    ("~", "not"),
    ("!", "negate"),
    (",", "comma"),
];

/// The operator at the beginning of what stands behind `operator`.
fn operator(rest: &str) -> &'static str {
    OPERATORS.iter().map(|(symbol, _)| *symbol).find(|symbol| rest.starts_with(symbol)).unwrap_or_default()
}

/// Where the parameters of the last part of a name begin.
fn name_end(part: &str) -> usize {
    let skip = match part.strip_prefix("operator") {
        Some(rest) => "operator".len() + operator(rest).len(),
        None => 0,
    };
    let mut depth = 0i32;
    for (i, c) in part.char_indices().filter(|(i, _)| *i >= skip) {
        match c {
            '(' if depth == 0 && i > 0 => return i,
            '<' | '{' | '[' => depth += 1,
            '>' | '}' | ']' => depth -= 1,
            _ => {}
        }
    }
    part.len()
}

/// Parts of a qualified name: split at each `::` outside of brackets.
pub(crate) fn split(text: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut depth = 0i32;
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let start = parts.last().is_some_and(String::is_empty);
        let mut take = c.len_utf8();
        if depth == 0 && rest.starts_with("::") {
            parts.push(String::new());
            rest = &rest[2..];
            continue;
        }
        if start && depth == 0 && rest.starts_with("operator") {
            // Its symbol may be a bracket.
            let behind = &rest["operator".len()..];
            take = "operator".len() + operator(behind).len();
            if operator(behind).is_empty() && behind.starts_with(' ') {
                // A conversion: the type that follows has parts of its own.
                take = name_end(rest);
            }
        } else {
            match c {
                '<' | '(' | '{' | '[' => depth += 1,
                '>' if rest.len() < text.len() && text[..text.len() - rest.len()].ends_with('-') => {}
                '>' | ')' | '}' | ']' => depth -= 1,
                _ => {}
            }
        }
        if let Some(part) = parts.last_mut() {
            part.push_str(&rest[..take]);
        }
        rest = &rest[take..];
    }
    parts
}

/// A name as a person writes it: without inline namespaces, default allocators, and with `std::string`.
pub(crate) fn simple(text: &str) -> String {
    let mut text = text.replace("std::__cxx11::", "std::").replace("> >", ">>").replace("> >", ">>");
    for (long, short) in [
        ("basic_string<char, std::char_traits<char>, std::allocator<char>>", "string"),
        ("basic_string<wchar_t, std::char_traits<wchar_t>, std::allocator<wchar_t>>", "wstring"),
        ("basic_ostream<char, std::char_traits<char>>", "ostream"),
        ("basic_istream<char, std::char_traits<char>>", "istream"),
    ] {
        text = text.replace(long, short);
    }
    for default in [", std::allocator<", ", std::char_traits<", ", std::default_delete<", ", std::less<"] {
        text = without(&text, default);
    }
    while let Some(tag) = text.find("[abi:") {
        let end = text[tag..].find(']').map_or(text.len(), |end| tag + end + 1);
        text.replace_range(tag..end, "");
    }
    text.replace(" >", ">").replace("operator>", "operator >").replace("operator >", "operator>")
}

/// Without the template arguments that begin like this one.
fn without(text: &str, argument: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(argument) {
        let mut depth = 0i32;
        let end = rest[start..].char_indices().skip(1).find_map(|(i, c)| {
            depth += i32::from(c == '<') - i32::from(c == '>');
            (c == '>' && depth <= 0).then_some(start + i + 1)
        });
        let Some(end) = end else { break };
        // Only an argument at the end of the list is a default one.
        let (keep, next) = match rest[end..].trim_start().starts_with(['>', ',']) {
            true => (start, end),
            false => (end, end),
        };
        out.push_str(&rest[..keep]);
        rest = &rest[next..];
    }
    out + rest
}

/// Words as an identifier: letters and digits, with single underscores between them. A long one ends with a hash, so
/// that it stays unique.
pub(crate) fn identifier(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c.is_ascii_alphanumeric() {
            true => out.push(c),
            false if out.ends_with('_') || out.is_empty() => {}
            false => out.push('_'),
        }
    }
    let out = out.trim_end_matches('_');
    let out = if out.starts_with(|c: char| c.is_ascii_digit()) { format!("_{out}") } else { out.to_string() };
    match out.len() > MAX_NAME {
        true => format!("{}_{:08x}", out[..MAX_NAME - 9].trim_end_matches('_'), hash(text)),
        false => out,
    }
}

/// FNV-1a, folded: the same on every machine.
fn hash(text: &str) -> u32 {
    let hash = text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    (hash ^ (hash >> 32)) as u32
}

/// `StationMasquee` as `station_masquee`.
pub(crate) fn snake(name: &str) -> String {
    let mut out = String::new();
    let mut lower = false;
    for c in name.chars() {
        if c.is_ascii_uppercase() && lower {
            out.push('_');
        }
        lower = c.is_ascii_lowercase() || c.is_ascii_digit();
        out.push(c.to_ascii_lowercase());
    }
    out
}

/// A routine's own name as a part of an identifier.
fn own(words: &Words, symbol: &str) -> String {
    // `..C2E..` builds the base part of an object, `..D0E..` destroys it and frees its storage.
    let kind = |marks: [&str; 2]| marks.iter().any(|mark| symbol.contains(mark));
    if words.is_destructor() {
        return match () {
            () if kind(["D0Ev", "D0Ev."]) => "delete".to_string(),
            () if kind(["D2Ev", "D2Ev."]) => "destroy_base".to_string(),
            () => "destroy".to_string(),
        };
    }
    if words.is_constructor() {
        let base = ["C2E", "C2I"].iter().any(|mark| symbol.contains(mark));
        return if base { "construct_base" } else { "construct" }.to_string();
    }
    let name = bare(&words.name);
    match name.strip_prefix("operator") {
        Some(rest) if !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_') => {
            let found = OPERATORS.iter().find(|(symbol, _)| !rest.is_empty() && rest == *symbol);
            found.map_or_else(|| format!("to_{}", identifier(rest)), |(_, word)| format!("operator_{word}"))
        }
        _ if name.starts_with("{lambda") => "lambda".to_string(),
        _ => name.to_string(),
    }
}

/// A scope as a part of an identifier.
fn scope(text: &str) -> String {
    match text {
        _ if text.starts_with("{lambda") => "lambda".to_string(),
        "(anonymous namespace)" => String::new(),
        // A class local to a routine: the routine's name.
        _ => snake(bare(text.split('(').next().unwrap_or(text))),
    }
}

/// What a routine's name says beside its class and its own name.
#[derive(Clone, Copy, Default)]
struct Detail {
    namespaces: bool,
    arguments: bool,
    params: bool,
}

/// The name at a level of detail.
fn spelled(words: &Words, symbol: &str, detail: Detail) -> String {
    let class = words.scopes.last().filter(|last| is_class(words, last));
    let mut parts = match (detail.namespaces, class) {
        (true, _) => namespaces(words),
        (false, Some(class)) => vec![scope(class)],
        (false, None) => Vec::new(),
    };
    if detail.arguments {
        parts.extend(words.scopes.iter().map(|scope| arguments(scope)));
    }
    parts.push(own(words, symbol));
    if detail.arguments {
        parts.push(arguments(&words.name));
    }
    if detail.params {
        parts.push(types(&words.params));
    }
    parts.retain(|part| !part.is_empty());
    identifier(&parts.join("_"))
}

fn namespaces(words: &Words) -> Vec<String> {
    words.scopes.iter().map(|text| scope(text)).collect()
}

/// All template arguments of a name.
fn every_argument(words: &Words) -> Vec<String> {
    words.scopes.iter().chain([&words.name]).map(|part| arguments(part)).collect()
}

/// What the routines that would share a name must say to be told apart.
fn detail(group: &[&Words]) -> Detail {
    let distinct = |key: &dyn Fn(&Words) -> Vec<String>| -> usize {
        group.iter().map(|words| key(words)).collect::<HashSet<_>>().len()
    };
    let scopes = distinct(&namespaces);
    let instances = distinct(&|words| [namespaces(words), every_argument(words)].concat());
    let params = |words: &Words| vec![types(&words.params)];
    let overloads = distinct(&|words| [namespaces(words), every_argument(words), params(words)].concat());
    Detail { namespaces: scopes > 1, arguments: instances > scopes, params: overloads > instances }
}

/// Every difference that a symbol can have.
fn everything(words: &Words, own: &str) -> String {
    let text = format!("{}::{own}{}{}", words.scopes.join("::"), arguments(&words.name), words.params);
    text.replace("&&", "_rref_").replace('&', "_ref_").replace('*', "_ptr_")
}

/// Whether the last scope is to be taken for a class, which a symbol does not say of every one: all but a single namespace
/// in lower case.
fn is_class(words: &Words, last: &str) -> bool {
    last != "(anonymous namespace)"
        && (words.scopes.len() > 1
            || words.is_constructor()
            || words.is_destructor()
            || words.params.ends_with("const")
            || last.starts_with(|c: char| c.is_ascii_uppercase())
            || last.contains(['<', '{', '(']))
}

/// Template arguments as a part of an identifier.
fn arguments(text: &str) -> String {
    let after = &text[bare(text).len().min(text.len())..];
    let after = after.trim_start();
    if after.starts_with('<') { types(after) } else { String::new() }
}

/// Types as a part of an identifier: without namespaces, references and `const`; `char const*` is `char_ptr`.
fn types(text: &str) -> String {
    let text = text.replace('*', " ptr ");
    let mut words: Vec<String> = Vec::new();
    for word in text.split(|c: char| !(c.is_alphanumeric() || c == '_' || c == ':')) {
        let word = word.rsplit("::").next().unwrap_or(word);
        if !word.is_empty() && word != "const" {
            words.push(snake(word));
        }
    }
    let constant = text.ends_with(" const");
    if constant {
        words.push("const".to_string());
    }
    words.join("_")
}

/// One routine to be named.
#[derive(Debug, Clone)]
pub(crate) struct Named<'a> {
    pub address: u64,
    /// Symbol, if it has one.
    pub symbol: &'a str,
    /// Name in the debug information.
    pub name: &'a str,
}

/// A name for each routine, by address. Those that would share a name say more of themselves: all of them.
pub(crate) fn assign(routines: &[Named<'_>]) -> HashMap<u64, String> {
    let words: Vec<Option<Words>> = routines.iter().map(|r| Words::read(r.symbol)).collect();
    let plain = |(routine, words): (&Named<'_>, &Option<Words>)| match words {
        Some(words) => spelled(words, routine.symbol, Detail::default()),
        None => identifier(routine.name),
    };
    let mut names: Vec<String> = routines.iter().zip(&words).map(plain).collect();
    for group in groups(&names) {
        let members: Vec<&Words> = group.iter().filter_map(|&i| words[i].as_ref()).collect();
        let detail = detail(&members);
        for &i in &group {
            if let Some(words) = &words[i] {
                names[i] = spelled(words, routines[i].symbol, detail);
            }
        }
    }
    for group in groups(&names) {
        for &i in &group {
            if let Some(words) = &words[i] {
                names[i] = identifier(&everything(words, &own(words, routines[i].symbol)));
            }
        }
    }
    routines.iter().zip(names).map(|(routine, name)| (routine.address, name)).collect()
}

/// The places of the names that stand more than once.
fn groups(names: &[String]) -> Vec<Vec<usize>> {
    let mut places: HashMap<&str, Vec<usize>> = HashMap::new();
    for (i, name) in names.iter().enumerate() {
        places.entry(name).or_default().push(i);
    }
    places.into_values().filter(|group| group.len() > 1).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn words(symbol: &str) -> Words {
        Words::read(symbol).expect(symbol)
    }

    #[test]
    fn parameters_are_counted() {
        for (symbol, number) in [
            ("_Z2vsIJidcEEdiDpT_", 4),
            ("_Z1fv", 0),
            ("_Z1gPFviiEi", 2),
            ("_ZN1AC2Eii", 2),
            ("_Z1hSt6vectorIiSaIiEEz", 1),
        ] {
            let words = Words::read(symbol).expect("a symbol");
            assert!(words.counts(number, symbol), "{}", words.text());
            assert!(!words.counts(number + 1, symbol), "{}", words.text());
            assert!(number == 0 || !words.counts(number - 1, symbol), "{}", words.text());
        }
    }

    #[test]
    fn symbols_in_words() {
        for (symbol, text) in [
            ("_ZN4plan6Agenda7ajouterEPNS_9EvenementE", "plan::Agenda::ajouter(plan::Evenement*)"),
            ("_ZNK4plan6Agenda6editerB5cxx11Ev", "plan::Agenda::editer() const"),
            ("_Z4giveB5cxx11ii", "give(int, int)"),
            ("_ZN4plan5heureB5cxx11Ed", "plan::heure(double)"),
            ("_ZN1AC2ERKNSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEEE", "A::A(std::string const&)"),
            ("_ZN12_GLOBAL__N_11fEv", "(anonymous namespace)::f()"),
            ("_Z3maxIiET_S0_S0_", "max<int>(int, int)"),
            ("_ZSt3refv.constprop.0", "std::ref()"),
            ("_ZNKRSt8optionalIiE5valueEv", "std::optional<int>::value() const &"),
            ("_ZN1AcvSsEv", "A::operator std::string()"),
            ("_ZN1AclEi", "A::operator()(int)"),
            ("_ZNKUlvE_clEv", "{lambda()#1}::operator()() const"),
        ] {
            assert_eq!(words(symbol).text(), text);
        }
        for symbol in ["main", "", "_Z", "_ZN", "_ZN4plan", "_Z3fooi garbage"] {
            assert_eq!(Words::read(symbol), None, "{symbol}");
        }
    }

    #[test]
    fn parts_of_names() {
        assert_eq!(split("a::b<c::d>::e"), ["a", "b<c::d>", "e"]);
        assert_eq!(split("a::operator<<"), ["a", "operator<<"]);
        assert_eq!(
            split("f(a::b)::{lambda(c::d)#1}::operator()"),
            ["f(a::b)", "{lambda(c::d)#1}", "operator()"]
        );
        assert_eq!(split("a::operator->"), ["a", "operator->"]);
        assert_eq!(bare("operator<< <int>"), "operator<<");
        assert_eq!(bare("vector<int, std::allocator<int> >"), "vector");
        assert_eq!(simple("std::vector<int, std::allocator<int> >"), "std::vector<int>");
        assert_eq!(
            simple("std::map<int, std::vector<a, std::allocator<a> >, std::less<int>, std::allocator<b> >"),
            "std::map<int, std::vector<a>>"
        );
    }

    fn named(symbols: &[&'static str]) -> Vec<String> {
        let routines: Vec<Named<'_>> = symbols
            .iter()
            .enumerate()
            .map(|(i, symbol)| Named { address: i as u64, symbol, name: symbol })
            .collect();
        let names = assign(&routines);
        (0..symbols.len() as u64).map(|i| names[&i].clone()).collect()
    }

    #[test]
    fn an_overload_never_takes_the_name_of_another() {
        let one = "_ZN4plan6Agenda7ajouterEPNS_9EvenementE";
        let two = "_ZN4plan6Agenda7ajouterERKNS_7CreneauEi";
        assert_eq!(named(&[one]), ["agenda_ajouter"]);
        assert_eq!(named(&[one, two]), ["agenda_ajouter_evenement_ptr", "agenda_ajouter_creneau_int"]);
        let mut both = named(&[two, one]);
        both.reverse();
        assert_eq!(both, named(&[one, two]));
    }

    proptest! {
        #[test]
        fn no_symbol_is_too_odd(symbol in "_Z[A-Za-z0-9_.]{0,60}") {
            if let Some(words) = Words::read(&symbol) {
                let _ = (words.text(), words.is_constructor());
                assign(&[Named { address: 1, symbol: &symbol, name: "f" }]);
            }
        }

        #[test]
        fn every_text_has_parts(text in "[a-z:<>(){}\\[\\]\\-é ]{0,40}") {
            let _ = (split(&text), simple(&text), identifier(&text), types(&text), snake(&text));
            prop_assert!(identifier(&text).len() <= MAX_NAME + 1);
        }
    }
}
