//! Generated C++: classes that are trivial and not, and routines that take and return them in every way.
//!
//! Each routine copies what it receives, scalar by scalar, to `received`, and returns scalars taken from a fixed stream of
//! bytes. A pointer, a reference and `this` stand for the object they lead to.

use std::fmt::Write;

/// A small generator (xorshift64*): the same sources everywhere.
pub struct Random(pub u64);

impl Random {
    pub fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % bound
    }

    fn pick<T: Clone>(&mut self, list: &[T]) -> T {
        list[self.below(list.len())].clone()
    }
}

const SCALARS: [&str; 19] = [
    "signed char",
    "short",
    "int",
    "long",
    "unsigned char",
    "unsigned short",
    "unsigned",
    "unsigned long",
    "float",
    "float",
    "double",
    "double",
    "long double",
    "bool",
    "char",
    "wchar_t",
    "char16_t",
    "Mode",
    "Sign",
];

/// How a class is copied, moved and destroyed. `@` is its name.
const SPECIALS: [&str; 13] = [
    "",
    "",
    "",
    "@(const @ &);",
    "~@();",
    "@(const @ &) = delete; @ &operator=(const @ &) = delete;",
    "@(const @ &) = default; ~@() = default;",
    "@(@ &&);",
    "@(const @ &) = delete; @(@ &&) = default;",
    "template <class U> @(const U &);",
    "@ &operator=(@ &&);",
    "virtual int turn(int) const;",
    "@ &operator=(const @ &);",
];

/// What every source begins with.
const PRELUDE: &str = r#"
#include <string.h>
enum class Mode : unsigned char { Off, On = 7, Last = 255 };
enum Sign { Minus = -1, Plus = 1 };
struct Fill {};
extern "C" { unsigned char received[1 << 16]; unsigned received_bytes; unsigned filled; }
static void put(const void *p, unsigned n) { memcpy(received + received_bytes, p, n); received_bytes += n; }
template <class T> void dump(const T &value) { put(&value, sizeof value); }
static void dump(const long double &value) { put(&value, 10); }
static void take(void *p, unsigned n) {
    unsigned char bytes[16];
    for (unsigned i = 0; i < n; i++) bytes[i] = (unsigned char)((filled + i) * 37 + 11) & 0x3f;
    memcpy(p, bytes, n);
    filled += n;
}
template <class T> void fill(T &value) { take(&value, sizeof value); }
static void fill(bool &value) { unsigned char c; take(&c, 1); value = c & 1; }
static void fill(long double &value) {
    unsigned char c[16] = { 0 };
    take(c, 10); c[7] |= 0x80; memcpy(&value, c, 10);
}
"#;

/// One parameter of a generated routine, or what it returns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Way {
    Value,
    Reference,
    Pointer,
}

/// A generated routine.
pub struct Routine {
    /// Unique own name, such as `r17`; for a constructor that of its class.
    pub name: String,
    /// The object it is called for comes first.
    pub this: bool,
    pub constructor: bool,
    /// How each parameter travels in the source.
    pub params: Vec<Way>,
    pub returns: Option<Way>,
}

pub struct Generated {
    pub source: String,
    pub routines: Vec<Routine>,
}

struct Class {
    name: String,
    /// `fill` and `dump` exist for it, and an object can be made.
    text: String,
    bodies: String,
}

fn class(random: &mut Random, index: usize, earlier: &[String]) -> Class {
    let name = format!("C{index}");
    let empty = random.below(8) == 0;
    let special = if empty { String::new() } else { random.pick(&SPECIALS).replace('@', &name) };
    let mut bases = Vec::new();
    if !earlier.is_empty() && random.below(if empty { 6 } else { 3 }) == 0 {
        bases.push(random.pick(earlier));
    }
    let (mut members, mut inits) =
        (String::new(), bases.iter().map(|b| format!("{b}(Fill())")).collect::<Vec<_>>());
    let (mut dump, mut fill) = (String::new(), String::new());
    for base in &bases {
        let _ = writeln!(dump, "    dump((const {base} &)value);");
        let _ = writeln!(fill, "    fill(({base} &)value);");
    }
    let count = if empty { 0 } else { 1 + random.below(4) };
    for i in 0..count {
        let member = format!("f{index}_{i}");
        match random.below(8) {
            0 if !earlier.is_empty() => {
                let inner = random.pick(earlier);
                let _ = writeln!(members, "    {inner} {member};");
                inits.push(format!("{member}(Fill())"));
                let _ = writeln!(dump, "    dump(value.{member});");
                let _ = writeln!(fill, "    fill(value.{member});");
            }
            1 => {
                let bits = 1 + random.below(20);
                let _ = writeln!(members, "    unsigned {member} : {bits};");
                let _ = writeln!(dump, "    {{ unsigned bits = value.{member}; dump(bits); }}");
                let _ = writeln!(fill, "    {{ unsigned bits; fill(bits); value.{member} = bits; }}");
            }
            2 => {
                let (scalar, extent) = (random.pick(&["char", "short", "float", "int"]), 1 + random.below(3));
                let _ = writeln!(members, "    {scalar} {member}[{extent}];");
                for i in 0..extent {
                    let _ = writeln!(dump, "    dump(value.{member}[{i}]);");
                    let _ = writeln!(fill, "    fill(value.{member}[{i}]);");
                }
            }
            _ => {
                let _ = writeln!(members, "    {} {member};", random.pick(&SCALARS));
                let _ = writeln!(dump, "    dump(value.{member});");
                let _ = writeln!(fill, "    fill(value.{member});");
            }
        }
    }
    let bases = match bases.first() {
        Some(base) => format!(" : public {base}"),
        None => String::new(),
    };
    let inits = match inits.is_empty() {
        true => String::new(),
        false => format!(" : {}", inits.join(", ")),
    };
    let text = format!(
        "class {name}{bases} {{\npublic:\n{members}    static int shared;\n    explicit {name}(Fill){inits} {{}}\n    {name}(Fill, int);\n    {special}\n    #METHODS{index}#\n}};\n\
         static void dump(const {name} &value) {{\n{dump}}}\nstatic void fill({name} &value) {{\n{fill}}}\n"
    );
    let mut bodies = format!("int {name}::shared;\n{name}::{name}(Fill, int){inits} {{ fill(*this); }}\n");
    if special.contains("virtual") {
        let _ = writeln!(bodies, "int {name}::turn(int i) const {{ return i; }}");
    }
    if special.starts_with('~') {
        let _ = writeln!(bodies, "{name}::~{name}() {{ shared++; }}");
    }
    Class { name, text, bodies }
}

/// Classes and routines.
pub fn generate(seed: u64, classes: usize, routines: usize) -> Generated {
    let mut random = Random(seed);
    let mut made: Vec<Class> = Vec::new();
    let (mut names, mut parts): (Vec<String>, Vec<String>) = (Vec::new(), Vec::new());
    for i in 0..classes {
        let class = class(&mut random, i, &parts);
        names.push(class.name.clone());
        // What holds something that cannot be copied is passed in a way of g++'s own, and refused.
        if !class.text.contains("= delete") && !class.text.contains("operator=(C") {
            parts.push(class.name.clone());
        }
        made.push(class);
    }
    let mut methods = vec![String::new(); classes];
    let mut bodies = String::new();
    let mut list = Vec::new();
    for i in 0..routines {
        list.push(routine(&mut random, i, &names, &mut methods, &mut bodies));
    }
    let mut source = PRELUDE.to_string();
    names.iter().for_each(|name| source += &format!("class {name};\n"));
    for (i, class) in made.iter().enumerate() {
        source += &class.text.replace(&format!("#METHODS{i}#"), &methods[i]);
    }
    made.iter().for_each(|class| source += &class.bodies);
    source += "namespace plan {\n";
    Generated { source: source + &bodies + "}\n", routines: list }
}

fn routine(
    random: &mut Random,
    index: usize,
    classes: &[String],
    methods: &mut [String],
    bodies: &mut String,
) -> Routine {
    let class = random.below(classes.len());
    // 0 to 3 free, 4 static, 5 and 6 member, 7 const member, 8 constructor.
    let shape = random.below(9);
    let mut params = Vec::new();
    let (mut list, mut dump) = (Vec::new(), String::new());
    for i in 0..random.below(9) {
        let ty = match random.below(2) {
            0 => random.pick(classes),
            _ => random.pick(&SCALARS).to_string(),
        };
        let (way, text) = match random.below(7) {
            0 => (Way::Reference, format!("const {ty} &p{i}")),
            1 => (Way::Reference, format!("{ty} &p{i}")),
            2 => (Way::Reference, format!("{ty} &&p{i}")),
            3 => (Way::Pointer, format!("const {ty} *p{i}")),
            _ => (Way::Value, format!("{ty} p{i}")),
        };
        let star = if way == Way::Pointer { "*" } else { "" };
        let _ = write!(dump, " dump({star}p{i});");
        params.push(way);
        list.push(text);
    }
    let list = list.join(", ");
    let class_name = &classes[class];
    if shape == 8 {
        // The index makes it different from every other constructor.
        let list = if list.is_empty() { String::new() } else { format!(", {list}") };
        let _ = writeln!(methods[class], "struct R{index} {{}}; {class_name}(R{index} *{list});");
        let _ = writeln!(
            bodies,
            "}} {class_name}::{class_name}(R{index} *{list}) : {class_name}(Fill()) {{{dump} fill(*this); }} namespace plan {{"
        );
        params.insert(0, Way::Pointer);
        return Routine { name: format!("R{index}*"), this: true, constructor: true, params, returns: None };
    }
    let (returns, ty, body) = returned(random, classes);
    let name = format!("r{index}");
    let this = matches!(shape, 5..=7);
    let constant = if shape == 7 { " const" } else { "" };
    let dump_this = if this { " dump(*this);" } else { "" };
    match shape {
        0..=3 => {
            let _ = writeln!(bodies, "{ty} {name}({list}) {{{dump} {body} }}");
        }
        _ => {
            let word = if shape == 4 { "static " } else { "" };
            let _ = writeln!(methods[class], "{word}{ty} {name}({list}){constant};");
            let _ = writeln!(
                bodies,
                "}} {ty} {class_name}::{name}({list}){constant} {{{dump_this}{dump} {body} }} namespace plan {{"
            );
        }
    }
    Routine { name, this, constructor: false, params, returns }
}

fn returned(random: &mut Random, classes: &[String]) -> (Option<Way>, String, String) {
    let class = random.pick(classes);
    let scalar = random.pick(&SCALARS).to_string();
    match random.below(6) {
        0 => (None, "void".into(), String::new()),
        1 => {
            let body = format!("static {class} result = {class}(Fill()); fill(result); return result;");
            (Some(Way::Reference), format!("const {class} &"), body)
        }
        2 | 3 => (Some(Way::Value), class.clone(), format!("return {class}(Fill(), 1);")),
        _ => (Some(Way::Value), scalar.clone(), format!("{scalar} result; fill(result); return result;")),
    }
}
