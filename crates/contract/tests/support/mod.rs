//! Contracts for tests.

/// A contract that uses everything the format has.
pub const FULL: &str = r#"# @(#) flight_dynamics contract 0000000000000000
contract = 1

[component]
name = "flight_dynamics"
language = "fortran"
binary = { file = "cmp_day", build-id = "9c1e0a" }

# A record as the scanned target lays it out.
[type.bulletin]
kind = "struct"
size = 56
align = 8
fields = [
  { name = "a",     type = "f64",      offset = 0, unit = "m", tolerance = { absolute = 1e-6, relative = 1e-12, ulp = 4, signed-zero = true } },
  { name = "mode",  type = "mode_t",   offset = 8 },
  { name = "flags", type = "u32",      offset = 12, bits = [0, 3] },
  { name = "rest",  type = "u32",      offset = 12, bits = [3, 29] },
  { name = "next",  type = "ptr",      offset = 16, use = "ignored" },
  { name = "pv",    type = "[f64; 2*2]", offset = 24 },
]

[type.word]
kind = "union"
size = 8
align = 8
fields = [
  { name = "i", type = "i64", offset = 0 },
  { name = "f", type = "f64", offset = 0 },
]

[type.mode_t]
kind = "enum"
repr = "u32"
values = { NOMINAL = 0, SAFE = 1 }

[type.cst_view]
kind = "struct"
size = 24
align = 8
fields = [
  { name = "mu", type = "f64", offset = 0 },
  { name = "cn0", type = "[f64; 2]", offset = 8 },
]

[state.cst]
symbol = "cst_"
size = 48
kind = "common"

[state.count]
symbol = "count.0"
file = "eckhec.f"
size = 4
kind = "save"

[routine.eck_hec]
symbol = "eck_hec_"
at = "eckhec.f:41"
params = [
  { name = "n",   type = "i32", by = "reference", use = "in" }, # how many
  { name = "elt", type = "[f64; n]", use = "in" },
  # seconds, not days
  { name = "dt",  type = "f64", by = "reference", use = "in", unit = "s" },
  { name = "pos", type = "[[f64; 3]; 2*n-1]", use = "out", unit = "m", tolerance = { absolute = 1e-6 } },
  { name = "bul", type = "bulletin", by = "reference", use = "inout", nullable = true },
  { name = "tag", type = "chars", use = "in" },
  { name = "ier", type = "i32", by = "reference", use = "status" },
]
status = { ok = 0, warning = "> 0", error = "< 0", panic = -99 }
state = [
  { area = "cst", view = "cst_view", use = "in" },
  { area = "count", view = "i32", use = "inout" },
]
effects = "state"
threads = "serial"
remote = { idempotent = true, deadline = "200 ms", fallback = "status" }

[routine.kepler]
symbol = "kepler_"
params = [
  { name = "e", type = "f64", use = "in" },
  { name = "z", type = "complex_f64", by = "reference", use = "unknown" },
]
returns = { type = "f64", use = "out", tolerance = { ulp = 2 } }

# What other languages add.
[type.celsius]
kind = "fixed"
repr = "i16"
small = "1/16"

[type.percent]
kind = "range"
repr = "u8"
first = 0
last = 100

[type.switches]
kind = "packed"
size = 2
align = 2
element = "bool"
bits = 1
count = 12

[type.shape]
kind = "struct"
size = 24
align = 8
trivial = false
fields = [
  { name = "form",   type = "mode_t",     offset = 0 },
  { name = "radius", type = "f64",        offset = 8, when = "form = 1 | 5..9" },
  { name = "sides",  type = "[f32; 3+1]", offset = 8, when = "form not = 1 | 5..9" },
]

[type.agenda]
kind = "opaque"
size = 40
align = 8
of = "std::string"
release = "last_bulletin"

[type.law]
kind = "function"
params = [
  { name = "t",     type = "f64", use = "in" },
  { name = "table", type = "[f64; ?]", use = "unknown" },
  { name = "own",   type = "ptr", use = "ignored" },
]
returns = { type = "f64", use = "out" }
user-data = "own"

[type.visit]
kind = "function"
params = [
  { name = "rank", type = "i16", use = "in" },
]
returns = { type = "i16", use = "out" }
stop = -1

[routine.limits]
symbol = "limits_"
source = "ccs.limits (values : in out Vector; law : Law) return Vector"
params = [
  { name = "values", type = "[[percent; 3]; :]", by = "descriptor", use = "inout" },
  { name = "law",    type = "law", use = "in", user-data = "data", kept = false },
  { name = "data",   type = "ptr", use = "ignored" },
  { name = "agenda", type = "agenda", by = "reference", use = "ignored" },
]
returns = { type = "[celsius; :u8]", by = "descriptor", use = "out" }
effects = "none"
threads = "free"

[routine.last_bulletin]
symbol = "last_bulletin_"
params = []
returns = { type = "bulletin", by = "reference", use = "out", release = "free" }
effects = "none"
threads = "serial"
exceptions = "possible"
static-link = true
"#;
