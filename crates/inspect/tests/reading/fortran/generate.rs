//! Fortran procedures of many signatures. Each writes all it receives, bit for bit, to a sink, and returns known bytes.

use std::fmt::Write;

/// A generator of numbers that are the same at every run.
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Random {
        Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % limit.max(1)
    }

    pub fn choose<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len() as u64) as usize]
    }

    /// Bytes of a value of this type: a LOGICAL is 0 or 1, an 80-bit number keeps its integer bit.
    pub fn bytes(&mut self, scalar: Scalar) -> Vec<u8> {
        let mut bytes: Vec<u8> = (0..scalar.size).map(|_| self.below(64) as u8).collect();
        match scalar.spelled {
            logical if logical.starts_with("logical") => {
                bytes.fill(0);
                bytes[0] = self.below(2) as u8;
            }
            "real(10)" => bytes[7] |= 0x80,
            _ => {}
        }
        bytes
    }
}

/// A type without parts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scalar {
    pub spelled: &'static str,
    pub size: usize,
}

const fn scalar(spelled: &'static str, size: usize) -> Scalar {
    Scalar { spelled, size }
}

pub const SCALARS: [Scalar; 13] = [
    scalar("integer(1)", 1),
    scalar("integer(2)", 2),
    scalar("integer(4)", 4),
    scalar("integer(8)", 8),
    scalar("real(4)", 4),
    scalar("real(8)", 8),
    scalar("real(10)", 16),
    scalar("complex(4)", 8),
    scalar("complex(8)", 16),
    scalar("logical(1)", 1),
    scalar("logical(4)", 4),
    scalar("logical(8)", 8),
    scalar("real(8)", 8),
];

/// Records: two eightbytes of different classes, one that is larger, and one of floats.
pub const RECORDS: [Scalar; 3] =
    [scalar("type(pair)", 16), scalar("type(bulletin)", 56), scalar("type(floats)", 12)];

/// What a parameter is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Kind {
    Reference(Scalar),
    Value(Scalar),
    /// Present or not.
    Optional(Scalar, bool),
    OptionalValue(Scalar, bool),
    /// `character(len=*)` of that length.
    Text(usize),
    /// `character(len=N)`.
    FixedText(usize),
    /// Constant extent, number of elements.
    Array(Scalar, usize),
    /// `a(*)`, number of elements that are read.
    AssumedSize(Scalar, usize),
    /// Extents, and the stride of the first dimension.
    AssumedShape(Scalar, [usize; 3], usize, usize),
    /// `character(len=*) :: t(n)`: length and number.
    TextArray(usize, usize),
}

/// What a procedure returns.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Result_ {
    Nothing,
    Scalar(Scalar),
    FixedText(usize),
    Array(Scalar, usize),
}

/// A generated procedure.
pub struct Procedure {
    pub name: String,
    pub params: Vec<Kind>,
    pub result: Result_,
}

fn param(random: &mut Random, text_seen: bool) -> Kind {
    let any = |random: &mut Random| {
        if random.below(6) == 0 { random.choose(&RECORDS) } else { random.choose(&SCALARS) }
    };
    match random.below(15) {
        0..=2 => Kind::Reference(any(random)),
        // gcc loses track of a COMPLEX by value: how it arrives is not said, and a scan refuses the routine.
        3..=5 => match any(random) {
            of if of.spelled.starts_with("complex") => Kind::Reference(of),
            of => Kind::Value(of),
        },
        6 => Kind::Optional(random.choose(&SCALARS), random.below(2) == 0),
        // Beside text, where the flag of its presence stands is not known: a scan refuses that.
        7 if !text_seen => Kind::OptionalValue(random.choose(&SCALARS[2..6]), random.below(2) == 0),
        8 => Kind::FixedText(1 + random.below(9) as usize),
        9 | 10 => Kind::Text(random.below(12) as usize),
        11 => Kind::Array(any(random), 1 + random.below(4) as usize),
        12 => Kind::AssumedSize(random.choose(&SCALARS), 1 + random.below(4) as usize),
        13 => Kind::TextArray(1 + random.below(5) as usize, 1 + random.below(3) as usize),
        _ => {
            let rank = 1 + random.below(3) as usize;
            let extents =
                [random.below(4) as usize, 1 + random.below(3) as usize, 1 + random.below(2) as usize];
            Kind::AssumedShape(random.choose(&SCALARS[2..9]), extents, rank, 1 + random.below(2) as usize)
        }
    }
}

fn is_text(kind: &Kind) -> bool {
    matches!(kind, Kind::Text(_) | Kind::FixedText(_) | Kind::TextArray(..))
}

pub fn procedures(seed: u64, count: usize) -> Vec<Procedure> {
    let mut random = Random::new(seed);
    let mut all = Vec::new();
    for i in 0..count {
        let mut params: Vec<Kind> = Vec::new();
        for _ in 0..random.below(11) {
            let kind = param(&mut random, params.iter().any(is_text));
            let flagged = params.iter().any(|p| matches!(p, Kind::OptionalValue(..)));
            params.push(if flagged && is_text(&kind) { Kind::Reference(SCALARS[5]) } else { kind });
        }
        let flagged = params.iter().any(|p| matches!(p, Kind::OptionalValue(..)));
        let result = match random.below(8) {
            0 | 1 => Result_::Nothing,
            2 | 3 => Result_::Scalar(random.choose(&SCALARS)),
            4 => Result_::Scalar(random.choose(&RECORDS)),
            5 if !flagged => Result_::FixedText(2 + random.below(8) as usize),
            _ => Result_::Array(random.choose(&SCALARS[2..9]), 1 + random.below(4) as usize),
        };
        all.push(Procedure { name: format!("t{i}"), params, result });
    }
    all
}

/// The byte `i` that every result is made of.
pub fn answer(i: usize) -> u8 {
    (i * 5 + 3) as u8 & 0x3f
}

/// The module that holds them all.
pub fn source(procedures: &[Procedure]) -> String {
    let mut text = String::from(
        "module gen\n  implicit none\n\
           type pair\n    real(8) :: a\n    integer(4) :: b, c\n  end type\n\
           type bulletin\n    real(8) :: e(6)\n    integer(4) :: n, m\n  end type\n\
           type floats\n    real(4) :: x, y, z\n  end type\n\
           interface\n    subroutine sink(b, n)\n      integer(8), value :: n\n      integer(1) :: b(n)\n    end subroutine\n\
           subroutine answer(b, n)\n      integer(8), value :: n\n      integer(1) :: b(n)\n    end subroutine\n  end interface\n\
         contains\n",
    );
    for procedure in procedures {
        procedure_source(&mut text, procedure);
    }
    text + "end module\n"
}

fn procedure_source(text: &mut String, procedure: &Procedure) {
    let names: Vec<String> = (0..procedure.params.len()).map(|i| format!("p{i}")).collect();
    let (open, close) = match procedure.result {
        Result_::Nothing => (format!("subroutine {}({})", procedure.name, names.join(", ")), "subroutine"),
        _ => (format!("function {}({}) result(res)", procedure.name, names.join(", ")), "function"),
    };
    // Writing to a String cannot fail.
    let _ = writeln!(text, "  {open}");
    for (kind, name) in procedure.params.iter().zip(&names) {
        let _ = writeln!(text, "    {}", declaration(*kind, name));
    }
    let _ = match procedure.result {
        Result_::Nothing => Ok(()),
        Result_::Scalar(of) => writeln!(text, "    {} :: res", of.spelled),
        Result_::FixedText(length) => writeln!(text, "    character(len={length}) :: res"),
        Result_::Array(of, count) => writeln!(text, "    {} :: res({count})", of.spelled),
    };
    text.push_str("    integer(1) :: known(256)\n    call answer(known, 256_8)\n");
    for (kind, name) in procedure.params.iter().zip(&names) {
        received(text, *kind, name);
    }
    let _ = match procedure.result {
        Result_::Nothing => Ok(()),
        Result_::Scalar(of) => writeln!(text, "    res = transfer(known(1:{}), res)", of.size),
        Result_::FixedText(_) => {
            writeln!(text, "    res = transfer(known(1:len(res)), res)")
        }
        Result_::Array(of, count) => {
            writeln!(text, "    res = transfer(known(1:{}), res, {count})", of.size * count)
        }
    };
    let _ = writeln!(text, "  end {close}\n");
}

fn declaration(kind: Kind, name: &str) -> String {
    match kind {
        Kind::Reference(of) => format!("{} :: {name}", of.spelled),
        Kind::Value(of) => format!("{}, value :: {name}", of.spelled),
        Kind::Optional(of, _) => format!("{}, optional :: {name}", of.spelled),
        Kind::OptionalValue(of, _) => format!("{}, optional, value :: {name}", of.spelled),
        Kind::Text(_) => format!("character(len=*) :: {name}"),
        Kind::FixedText(length) => format!("character(len={length}) :: {name}"),
        Kind::Array(of, count) => format!("{} :: {name}({count})", of.spelled),
        Kind::AssumedSize(of, _) => format!("{} :: {name}(*)", of.spelled),
        Kind::AssumedShape(of, _, rank, _) => {
            format!("{} :: {name}({})", of.spelled, [":"; 3][..rank].join(","))
        }
        Kind::TextArray(_, count) => format!("character(len=*) :: {name}({count})"),
    }
}

fn received(text: &mut String, kind: Kind, name: &str) {
    let mold = "[0_1]";
    let one = |what: &str, size: usize| format!("call sink(transfer({what}, {mold}), {size}_8)");
    let line = match kind {
        Kind::Reference(of) | Kind::Value(of) => one(name, of.size),
        Kind::Optional(of, _) | Kind::OptionalValue(of, _) => {
            format!("if (present({name})) {}", one(name, of.size))
        }
        Kind::Text(_) => format!("call sink(transfer({name}, {mold}), int(len({name}), 8))"),
        Kind::FixedText(length) => one(name, length),
        Kind::Array(of, count) => one(name, of.size * count),
        Kind::AssumedSize(of, count) => one(&format!("{name}(1:{count})"), of.size * count),
        Kind::AssumedShape(of, ..) => {
            format!("call sink(transfer(pack({name}, .true.), {mold}), size({name}, kind=8) * {}_8)", of.size)
        }
        Kind::TextArray(_, count) => {
            format!("call sink(transfer({name}, {mold}), len({name}, kind=8) * {count}_8)")
        }
    };
    let _ = writeln!(text, "    {line}");
}
