//! Generated Ada subprograms that tell what they received and set what they return.

use std::fmt::Write;

/// A small generator (xorshift64*): the same subprograms everywhere.
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    pub fn below(&mut self, bound: usize) -> usize {
        (self.next() >> 33) as usize % bound
    }

    pub fn pick<T: Clone>(&mut self, list: &[T]) -> T {
        list[self.below(list.len())].clone()
    }
}

/// How the bits of an object of a type are found in Ada.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Kind {
    /// At its address, as many as objects of the type have.
    Plain,
    /// Bounds, and elements: the index types, the bounds of a returned array, bytes of one element.
    Unconstrained(&'static [&'static str], &'static [(i64, i64)], usize),
    /// An access to such an array.
    AccessArray(&'static [&'static str]),
    /// An access to an object of a type.
    Access(&'static str),
    /// Only the address is looked at.
    Opaque,
}

/// A type of the prelude.
#[derive(Debug, Clone, Copy)]
pub struct AdaType {
    pub name: &'static str,
    pub kind: Kind,
    /// It can be the result of a function here.
    pub result: bool,
}

const fn plain(name: &'static str) -> AdaType {
    AdaType { name, kind: Kind::Plain, result: true }
}

const fn array(
    name: &'static str,
    index: &'static [&'static str],
    result: &'static [(i64, i64)],
    bytes: usize,
) -> AdaType {
    AdaType { name, kind: Kind::Unconstrained(index, result, bytes), result: true }
}

const fn special(name: &'static str, kind: Kind, result: bool) -> AdaType {
    AdaType { name, kind, result }
}

pub const TYPES: [AdaType; 58] = [
    plain("I8"),
    plain("I16"),
    plain("Integer"),
    plain("Long_Integer"),
    plain("U8"),
    plain("U16"),
    plain("U32"),
    plain("U64"),
    plain("Float"),
    plain("Float"),
    plain("Long_Float"),
    plain("Long_Float"),
    plain("Long_Long_Float"),
    plain("Character"),
    plain("Wide_Character"),
    plain("Wide_Wide_Character"),
    plain("Boolean"),
    plain("Seven"),
    plain("Mode"),
    plain("Coded"),
    plain("Negative"),
    plain("Percent"),
    plain("Volt"),
    plain("Money"),
    plain("Wide_Bool"),
    plain("System.Address"),
    plain("Code"),
    plain("Pair"),
    plain("Mixed"),
    plain("Large"),
    plain("Tiny"),
    plain("Half"),
    plain("Bits_Record"),
    plain("Packed_Record"),
    plain("C_Record"),
    plain("C_Copy"),
    plain("Shape"),
    plain("Small_Shape"),
    special("Fixed_Shape", Kind::Plain, false),
    plain("Vector"),
    plain("Short_Array"),
    plain("Float_Pair"),
    plain("Matrix"),
    plain("Bit_Array"),
    plain("Nibbles"),
    plain("Long_Bits"),
    plain("Pairs"),
    array("String", &["Positive"], &[(3, 11)], 1),
    array("U_Long", &["Integer"], &[(-2, 1)], 8),
    array("U_Byte", &["U8"], &[(200, 202)], 2),
    array("U_Word", &["U16"], &[(7, 7)], 8),
    array("U_Enum", &["Mode"], &[(1, 3)], 4),
    array("U_Far", &["Long_Long_Integer"], &[(5_000_000_000, 5_000_000_001)], 4),
    array("U_Matrix", &["Integer", "Positive"], &[(-1, 0), (4, 6)], 4),
    special("Text_Access", Kind::AccessArray(&["Positive"]), false),
    special("Large_Access", Kind::Access("Large"), false),
    special("Number_Access", Kind::Access("Long_Float"), false),
    special("Object", Kind::Opaque, true),
];

#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Mode {
    In,
    Out,
    InOut,
}

pub struct Subprogram {
    pub params: Vec<(Mode, AdaType)>,
    pub result: Option<AdaType>,
}

/// The parameter number under which a function's result is set.
pub const RESULT: usize = 63;

impl Subprogram {
    fn random(random: &mut Random) -> Subprogram {
        let count = if random.below(8) == 0 { 9 + random.below(8) } else { random.below(7) };
        let mut params = Vec::new();
        for _ in 0..count {
            let ty = random.pick(&TYPES);
            let mode = match random.below(5) {
                _ if matches!(ty.kind, Kind::AccessArray(_) | Kind::Access(_) | Kind::Opaque) => Mode::In,
                0 => Mode::Out,
                1 => Mode::InOut,
                _ => Mode::In,
            };
            params.push((mode, ty));
        }
        let mut result = (random.below(5) < 2).then(|| random.pick(&TYPES)).filter(|t| t.result);
        if result.is_some_and(|r| r.name == "Object") {
            // The object itself is returned: nothing else is set.
            params.retain(|(mode, _)| *mode == Mode::In);
        }
        if matches!(result, Some(AdaType { kind: Kind::Unconstrained(..), .. })) {
            result = result.filter(|_| params.iter().all(|(mode, _)| *mode == Mode::In));
        }
        Subprogram { params, result }
    }

    fn profile(&self, number: usize) -> String {
        let word = match self.result {
            Some(_) => "function",
            None => "procedure",
        };
        let params: Vec<String> = self
            .params
            .iter()
            .enumerate()
            .map(|(i, (mode, ty))| {
                let mode = match mode {
                    Mode::In => "",
                    Mode::Out => "out ",
                    Mode::InOut => "in out ",
                };
                format!("P{i} : {mode}{}", ty.name)
            })
            .collect();
        let params = if params.is_empty() { String::new() } else { format!(" ({})", params.join("; ")) };
        let result = self.result.map_or(String::new(), |r| format!(" return {}", r.name));
        format!("   {word} T{number}{params}{result}")
    }

    fn body(&self, number: usize) -> String {
        let mut declare = String::new();
        let mut text = String::new();
        for (i, (mode, ty)) in self.params.iter().enumerate() {
            let name = format!("P{i}");
            let object = if matches!(ty.kind, Kind::AccessArray(_) | Kind::Access(_)) {
                format!("{name}.all")
            } else {
                name
            };
            match ty.kind {
                Kind::Unconstrained(index, ..) | Kind::AccessArray(index) => {
                    let bounds: Vec<String> = index
                        .iter()
                        .enumerate()
                        .map(|(d, ty)| {
                            format!("{ty}'Pos ({object}'First ({0})), {ty}'Pos ({object}'Last ({0}))", d + 1)
                        })
                        .collect();
                    let _ = writeln!(
                        declare,
                        "      B{i} : constant array (1 .. {}) of Long_Long_Integer := ({});",
                        2 * index.len(),
                        bounds.join(", ")
                    );
                    let _ = writeln!(text, "      Log ({i}, B{i}'Address, {});", 16 * index.len());
                    log_or_fill(&mut text, *mode, i, &object, &format!("{object}'Size / 8"));
                }
                Kind::Plain => {
                    let copied = *mode == Mode::Out && COPIED_IN.contains(&ty.name);
                    let mode = if copied { Mode::InOut } else { *mode };
                    log_or_fill(&mut text, mode, i, &object, &format!("{}'Object_Size / 8", ty.name))
                }
                Kind::Access(of) => {
                    log_or_fill(&mut text, *mode, i, &object, &format!("{of}'Object_Size / 8"))
                }
                Kind::Opaque => {
                    let _ = writeln!(declare, "      B{i} : constant System.Address := {object}'Address;");
                    let _ = writeln!(text, "      Log ({i}, B{i}'Address, 8);");
                }
            }
        }
        match self.result {
            Some(AdaType { kind: Kind::Unconstrained(index, bounds, _), name, .. }) => {
                let bounds: Vec<String> = index
                    .iter()
                    .zip(bounds)
                    .map(|(ty, (low, high))| format!("{ty}'Val ({low}) .. {ty}'Val ({high})"))
                    .collect();
                let _ = writeln!(declare, "      R : {name} ({});", bounds.join(", "));
                let _ = writeln!(text, "      Fill ({RESULT}, R'Address, R'Size / 8);\n      return R;");
            }
            Some(AdaType { kind: Kind::Opaque, .. }) => text.push_str("      return Some_Object;\n"),
            Some(ty) => {
                let _ = writeln!(declare, "      R : {};", ty.name);
                let _ = writeln!(
                    text,
                    "      Fill ({RESULT}, R'Address, {}'Object_Size / 8);\n      return R;",
                    ty.name
                );
            }
            None => text.push_str("      null;\n"),
        }
        format!("{} is\n{declare}   begin\n{text}   end T{number};\n", self.profile(number))
    }
}

/// Types of which an `out` parameter starts with what the caller has: its discriminant, or its address.
pub const COPIED_IN: [&str; 4] = ["Fixed_Shape", "Small_Shape", "Shape", "Code"];

fn log_or_fill(text: &mut String, mode: Mode, i: usize, object: &str, bytes: &str) {
    if mode != Mode::Out {
        let _ = writeln!(text, "      Log ({i}, {object}'Address, {bytes});");
    }
    if mode != Mode::In {
        let _ = writeln!(text, "      Fill ({i}, {object}'Address, {bytes});");
    }
}

/// Subprograms of package `Gen`, with its specification and body.
pub fn package(seed: u64, count: usize) -> (Vec<Subprogram>, String, String) {
    let mut random = Random(seed);
    let subprograms: Vec<Subprogram> = (0..count).map(|_| Subprogram::random(&mut random)).collect();
    let head = "with System;\nwith Prelude; use Prelude;\n";
    let mut spec = format!("{head}package Gen is\n");
    let mut body = "pragma Warnings (Off);\npackage body Gen is\n".to_string();
    for (number, subprogram) in subprograms.iter().enumerate() {
        let _ = writeln!(spec, "{};", subprogram.profile(number));
        body.push_str(&subprogram.body(number));
    }
    spec.push_str("end Gen;\n");
    body.push_str("end Gen;\n");
    (subprograms, spec, body)
}
