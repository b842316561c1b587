//! Fortran 77: what a program of that time needs to call a component. A file of declarations to INCLUDE, a file for each
//! COMMON block, and a C89 file with the entries that Fortran 77 cannot call as they are.

use super::File;
use super::fortran::{self, Common, Names, dimensions, fault, identifier, plain, record, wrapped};
use super::fortran77_adapter::{self as adapter, Answer, Entry, none_block};
use super::fortran77_steps::f_scalar;
use super::signature::reached;
use super::words;
use crate::error::Unsupported;
use cmp_bridge_contract::model::{
    Condition, Contract, Extent, Field, Language, Routine, Type, TypeDef, TypeKind,
};

/// Longest name that compilers of Fortran 77 tell apart from others.
pub(crate) const LONGEST_NAME: usize = 31;

/// How deep records inside records are told.
const DEEPEST: u32 = 4;

/// Last column of a line.
const LAST_COLUMN: usize = 72;

/// The files of the bindings.
pub(crate) fn print(contract: &Contract, routines: &[&Routine]) -> Result<Vec<File>, Vec<Unsupported>> {
    let component = identifier(&contract.component.name);
    let entries = adapter::entries(contract, routines)?;
    let mut names = Names::default();
    for entry in &entries {
        names.claim(&entry.name);
        entry.plain_name.iter().for_each(|name| {
            names.claim(name);
        });
    }
    let commons = fortran::commons(contract, routines);
    let mut files = Vec::new();
    let mut notes = Vec::new();
    for common in &commons {
        match common_file(contract, &component, common) {
            Ok(file) => files.push(file),
            Err(reason) => notes
                .push(format!("COMMON /{}/ is not declared: {reason}.", common.name.to_ascii_uppercase())),
        }
    }
    let declarations = declarations(contract, routines, &entries, &mut names, &files, &notes);
    files.insert(0, File { name: format!("{component}.inc"), text: declarations });
    files.insert(1, File { name: format!("{component}_f77.c"), text: adapter::print(contract, &entries) });
    if let (Some(long), Some(routine)) = (files.iter().find_map(too_long), routines.first()) {
        return Err(vec![fault(
            routine,
            "its declarations",
            format!("a line would pass column {LAST_COLUMN}: {long}"),
        )]);
    }
    Ok(files)
}

/// A line of fixed form that does not fit.
fn too_long(file: &File) -> Option<String> {
    let fixed = file.name.ends_with(".inc");
    file.text.lines().find(|line| fixed && line.len() > LAST_COLUMN).map(str::to_string)
}

/// A page of fixed form.
#[derive(Default)]
struct Sheet {
    text: String,
}

impl Sheet {
    /// A comment, wrapped; `indent` blanks before the text, `hang` more before its further lines.
    fn comment(&mut self, indent: usize, hang: usize, text: &str) {
        let mut lead = indent;
        let room = LAST_COLUMN - 6 - indent - hang;
        let lines = wrapped(&plain(text), room);
        for line in lines {
            // A word without end is cut, not lost: the rest follows.
            for piece in line.as_bytes().chunks(room) {
                let piece = String::from_utf8_lossy(piece);
                self.line(&format!("C     {}{piece}", " ".repeat(lead)));
            }
            lead = indent + hang;
        }
    }

    /// An empty comment line.
    fn gap(&mut self) {
        self.line("C");
    }

    fn rule(&mut self) {
        self.line(&format!("C     {}", "-".repeat(LAST_COLUMN - 6)));
    }

    /// A statement, continued where it passes the last column.
    fn statement(&mut self, text: &str) {
        let room = LAST_COLUMN - 6;
        let mut rest = text;
        let mut mark = "      ";
        while rest.len() > room {
            let cut = rest[..room].rfind([',', ' ', '(']).map_or(room, |at| at + 1);
            self.line(&format!("{mark}{}", &rest[..cut]));
            rest = &rest[cut..];
            mark = "     &";
        }
        self.line(&format!("{mark}{rest}"));
    }

    fn line(&mut self, text: &str) {
        self.text.push_str(text.trim_end());
        self.text.push('\n');
    }
}

/// The include file.
fn declarations(
    contract: &Contract,
    routines: &[&Routine],
    entries: &[Entry],
    names: &mut Names,
    commons: &[File],
    notes: &[String],
) -> String {
    let component = identifier(&contract.component.name);
    let mut sheet = Sheet::default();
    sheet.comment(0, 0, &words::what(contract));
    sheet.gap();
    sheet.comment(
        0,
        0,
        &format!(
            "Declarations for programs in Fortran 77 that call {component}: INCLUDE '{component}.inc' in each program unit \
             that does, after IMPLICIT and before other declarations. Compile {component}_f77.c beside it, and link both."
        ),
    );
    sheet.comment(0, 0, "Arguments travel by address. No compiler checks them against this file.");
    if contract.component.language == Language::Ada {
        sheet.comment(0, 0, "The main program is Ada, or calls adainit first and adafinal last.");
    }
    for file in commons {
        sheet.comment(0, 0, &format!("INCLUDE '{}' for that COMMON block.", file.name));
    }
    notes.iter().for_each(|note| sheet.comment(0, 2, note));
    if reached(contract, routines)
        .iter()
        .any(|name| record(contract, &Type::Named((*name).to_string())).is_some())
    {
        sheet.comment(
            0,
            0,
            "A record is storage of its size, such as a REAL*8 array. EQUIVALENCE arrays of its fields' types to that: the \
             PARAMETER of a field is the number of its element there.",
        );
    }
    nothing(contract, &component, entries, names, &mut sheet);
    constants(contract, routines, entries, names, &mut sheet);
    for entry in entries {
        routine(contract, entry, &mut sheet);
    }
    sheet.text
}

/// The variables whose addresses stand for no argument.
fn nothing(contract: &Contract, component: &str, entries: &[Entry], names: &mut Names, sheet: &mut Sheet) {
    let entries = entries.iter().filter(|entry| !entry.symbols.is_empty());
    let mut list: Vec<&String> =
        entries.flat_map(|entry| &entry.steps).filter_map(|step| step.none.as_ref()).collect();
    list.sort();
    list.dedup();
    let upper = component.to_ascii_uppercase();
    let block = none_block(contract).to_ascii_uppercase();
    if list.is_empty() {
        return;
    }
    if block.len() > LONGEST_NAME || list.iter().any(|name| name.len() > LONGEST_NAME || names.has(name)) {
        return sheet.comment(0, 0, "What may be absent: pass %VAL(0), where the compiler has that.");
    }
    sheet.rule();
    sheet.comment(0, 0, "Pass one of these, or its first element, where an argument may be absent.");
    for name in &list {
        names.claim(name);
        let letters = name.rsplit('_').next().unwrap_or_default();
        let digits = letters.find(|c: char| c.is_ascii_digit()).unwrap_or(letters.len());
        let size = if digits < letters.len() { format!("*{}", &letters[digits..]) } else { String::new() };
        sheet.statement(&format!("{}{size} {name}(1)", &letters[..digits]));
    }
    sheet.statement(&format!("REAL*8 {upper}_NO(2)"));
    for name in &list {
        sheet.statement(&format!("EQUIVALENCE ({upper}_NO, {name})"));
    }
    sheet.statement(&format!("COMMON /{block}/ {upper}_NO"));
}

/// Status codes, values of enumerations, places of fields.
fn constants(
    contract: &Contract,
    routines: &[&Routine],
    entries: &[Entry],
    names: &mut Names,
    sheet: &mut Sheet,
) {
    let codes = statuses(contract, entries, &identifier(&contract.component.name));
    if !codes.is_empty() {
        sheet.rule();
        sheet.comment(0, 0, "Status codes");
        codes.iter().for_each(|(name, value)| constant(name, *value, "INTEGER*4", names, sheet));
    }
    for name in reached(contract, routines) {
        let Some(def) = contract.type_def(name) else { continue };
        match &def.kind {
            TypeKind::Enum { repr, values } => {
                sheet.rule();
                sheet.comment(0, 0, &format!("Values of {}", plain(name)));
                let ty = f_scalar(contract, repr).unwrap_or_else(|| "INTEGER*4".into());
                let alone = matches!(contract.component.language, Language::C | Language::Cpp);
                for (value_name, value) in values {
                    let (short, long) =
                        (identifier(value_name), format!("{}_{value_name}", identifier(name)));
                    let full = if alone && !names.has(&short) { short } else { long };
                    constant(&full, *value, &ty, names, sheet);
                }
            }
            TypeKind::Struct(fields) | TypeKind::Union(fields) => layout(contract, def, fields, names, sheet),
            TypeKind::Range { repr, first, last } => {
                sheet.rule();
                sheet.comment(
                    0,
                    2,
                    &format!(
                        "{}: {} from {first} to {last}",
                        plain(name),
                        f_scalar(contract, repr).unwrap_or_default()
                    ),
                );
            }
            TypeKind::Fixed { repr, small: (over, under) } => {
                sheet.rule();
                let ty = f_scalar(contract, repr).unwrap_or_default();
                sheet.comment(0, 2, &format!("{}: {ty}, times {over}/{under}", plain(name)));
            }
            TypeKind::Packed { bits, count, .. } => {
                sheet.rule();
                let size = def.size;
                let text = format!(
                    "{}: {size} bytes, {count} elements of {bits} bits, the first lowest",
                    plain(name)
                );
                sheet.comment(0, 2, &text);
            }
            TypeKind::Function { .. } | TypeKind::Opaque { .. } => (),
        }
    }
}

/// The codes that have one value: for the whole component if all routines agree, else for each routine.
fn statuses(contract: &Contract, entries: &[Entry], component: &str) -> Vec<(String, i64)> {
    let known: Vec<(&str, Vec<(&str, i64)>)> = entries
        .iter()
        .filter_map(|entry| {
            let status = entry.routine.status.as_ref()?;
            let seen = |code: i64| fortran::seen(contract, entry.routine, code);
            let mut codes = vec![("ok", seen(status.ok))];
            for (word, set) in [("warning", status.warning), ("error", status.error)] {
                if let Some(Condition::Equal(code)) = set {
                    codes.push((word, seen(code)));
                }
            }
            codes.extend(status.panic.map(|code| ("panic", seen(code))));
            Some((entry.name.as_str(), codes))
        })
        .collect();
    let agreed = known.windows(2).all(|pair| pair[0].1 == pair[1].1);
    let named = |(prefix, codes): &(&str, Vec<(&str, i64)>)| {
        codes.iter().map(|(word, code)| (format!("{prefix}_{word}"), *code)).collect::<Vec<_>>()
    };
    match known.first() {
        Some((_, codes)) if agreed => named(&(component, codes.clone())),
        _ => known.iter().flat_map(named).collect(),
    }
}

/// A PARAMETER; a name that cannot be one is told.
fn constant(name: &str, value: i64, ty: &str, names: &mut Names, sheet: &mut Sheet) {
    let upper = name.to_ascii_uppercase();
    // Fortran writes an unsigned value as the negative one of the same bits.
    let bits = match ty {
        "INTEGER*1" => u8::try_from(value).map(|value| i64::from(value.cast_signed())),
        "INTEGER*2" => u16::try_from(value).map(|value| i64::from(value.cast_signed())),
        "INTEGER*4" => u32::try_from(value).map(|value| i64::from(value.cast_signed())),
        _ => Ok(value),
    };
    let whole = value;
    let value = bits.unwrap_or(value);
    let fits = match ty {
        "INTEGER*1" => i8::try_from(value).is_ok(),
        "INTEGER*2" => i16::try_from(value).is_ok(),
        "INTEGER*4" => i32::try_from(value).is_ok() && value != i64::from(i32::MIN),
        _ => value != i64::MIN,
    };
    if name.len() > LONGEST_NAME {
        return sheet.comment(
            2,
            2,
            &format!("{upper} = {whole}, which has no PARAMETER: the name is too long"),
        );
    }
    if !fits {
        return sheet.comment(
            2,
            2,
            &format!("{upper} = {whole}, which has no PARAMETER: no {ty} constant is that"),
        );
    }
    if !names.claim(name) {
        return sheet.comment(
            2,
            2,
            &format!("{upper} = {whole}, which has no PARAMETER: the name is another's"),
        );
    }
    if value != whole {
        sheet.comment(2, 2, &format!("{upper} is {whole}, unsigned: the same bits"));
    }
    sheet.statement(&format!("{ty} {upper}"));
    sheet.statement(&format!("PARAMETER ({upper}={value})"));
}

/// The places of a record's fields: indices into arrays that share its storage.
fn layout(contract: &Contract, def: &TypeDef, fields: &[Field], names: &mut Names, sheet: &mut Sheet) {
    let name = identifier(&def.name);
    let upper = name.to_ascii_uppercase();
    let what = if matches!(def.kind, TypeKind::Union(_)) { "union" } else { "record" };
    sheet.rule();
    let text = format!("The {what} {upper}: {} bytes, aligned to {}.", def.size, def.align);
    sheet.comment(0, 2, &text);
    constant(
        &format!("{name}_bytes"),
        i64::try_from(def.size).unwrap_or(i64::MAX),
        "INTEGER*4",
        names,
        sheet,
    );
    places(contract, &name, 0, fields, 0, names, sheet);
}

/// The places of fields that begin at an offset; those of a record inside are told, too.
fn places(
    contract: &Contract,
    prefix: &str,
    start: u64,
    fields: &[Field],
    depth: u32,
    names: &mut Names,
    sheet: &mut Sheet,
) {
    for field in fields {
        let full = format!("{prefix}_{}", identifier(&field.name));
        let field = Field { offset: start.saturating_add(field.offset), ..field.clone() };
        let (words, unit) = place(contract, &full, &field);
        sheet.comment(2, 4, &words);
        if let Some(unit) = unit {
            constant(&full, unit, "INTEGER*4", names, sheet);
        }
        if let Some(TypeKind::Struct(inner)) = record(contract, &field.ty).map(|def| &def.kind)
            && depth < DEEPEST
        {
            places(contract, &full, field.offset, inner, depth + 1, names, sheet);
        }
    }
}

/// What a field is, in words, and its number among elements of its type.
fn place(contract: &Contract, full: &str, field: &Field) -> (String, Option<i64>) {
    let name = full.to_ascii_uppercase();
    let unit = field.unit.as_deref().map_or(String::new(), |unit| format!(", {unit}"));
    let (extents, element) = dimensions(&field.ty);
    let size = contract.size_align(element).map_or(1, |(size, _)| size.max(1));
    let shape = if extents.is_empty() {
        String::new()
    } else {
        let list: Vec<String> = extents
            .iter()
            .map(|extent| fortran::extent(extent, &|_| None).unwrap_or_else(|| "*".into()))
            .collect();
        format!("({})", list.join(","))
    };
    let whole = |size: u64| {
        field.offset.is_multiple_of(size).then(|| i64::try_from(field.offset / size + 1).ok()).flatten()
    };
    if let Some((first, count)) = field.bits {
        let ty = f_scalar(contract, &field.ty).unwrap_or_default();
        let text = format!("{name}  {count} bits of the {ty}, from bit {first} on{unit}");
        return (text, whole(size));
    }
    let inside = record(contract, element);
    let ty = match (inside, fortran::is_text(element)) {
        (Some(inner), _) => format!("record {}", identifier(&inner.name).to_ascii_uppercase()),
        (None, true) => format!("CHARACTER*{size}"),
        (None, false) => f_scalar(contract, element).unwrap_or_else(|| format!("{size} bytes")),
    };
    // What lies across its own units is found by its first byte.
    let own = if inside.is_some() || fortran::is_text(element) { None } else { whole(size) };
    match own {
        Some(number) => (format!("{name}  {ty}{shape}{unit}"), Some(number)),
        None => (format!("{name}  {ty}{shape}, counted in bytes{unit}"), whole(1)),
    }
}

/// A routine: what it is in a comment, and its declaration.
fn routine(contract: &Contract, entry: &Entry, sheet: &mut Sheet) {
    let upper = entry.name.to_ascii_uppercase();
    let mut rows: Vec<(String, String, String)> =
        entry.steps.iter().flat_map(|step| step.caller.clone()).collect();
    rows.extend(entry.result_row());
    let list: Vec<String> = rows.iter().map(|(name, ..)| name.to_ascii_uppercase()).collect();
    let ty = match &entry.answer {
        Answer::Function { fortran, .. } | Answer::Text(fortran) => Some(fortran.clone()),
        _ => None,
    };
    let head = match &ty {
        Some(ty) => format!("{ty} FUNCTION {upper}({})", list.join(", ")),
        None => format!("SUBROUTINE {upper}({})", list.join(", ")),
    };
    sheet.rule();
    sheet.comment(0, 4, &head);
    if let Some(source) = &entry.routine.source {
        sheet.comment(0, 4, source);
    }
    let width =
        |pick: fn(&(String, String, String)) -> usize| rows.iter().map(pick).max().unwrap_or(0).min(22);
    let (first, second) = (width(|row| row.0.len()), width(|row| row.1.len()));
    for (name, ty, remark) in &rows {
        let name = name.to_ascii_uppercase();
        row(sheet, &format!("{name:first$}  {ty:second$}"), remark);
    }
    if let Some(returns) = &entry.routine.returns {
        let mut what = words::returns(returns);
        if fortran::unsigned(contract, &returns.ty) {
            what.push_str(", unsigned");
        }
        if what != "the answer" {
            sheet.comment(2, 2, &format!("The value: {what}."));
        }
    }
    if let Some(status) = &entry.routine.status {
        sheet.comment(2, 2, &format!("Status: {}.", words::status(status)));
    }
    words::remarks(entry.routine).iter().for_each(|remark| sheet.comment(2, 2, remark));
    if entry.releases {
        sheet.comment(2, 2, "The text is given back, with free, once it is copied.");
    }
    if let Some(plain) = &entry.plain_name {
        let instead = match plain.to_ascii_uppercase() {
            none if none.is_empty() => "cannot be called".to_string(),
            other => format!("is {other}"),
        };
        let text = format!(
            "With a compiler that appends no underscore to names it {instead}: {upper} is the routine itself there, which does \
             not take what Fortran passes."
        );
        sheet.comment(2, 2, &text);
    }
    let ty = ty.filter(|ty| !ty.ends_with("(*)"));
    match ty {
        Some(ty) => sheet.statement(&format!("{ty} {upper}")),
        None if matches!(entry.answer, Answer::Text(_)) => {
            sheet.comment(2, 2, "Declare it CHARACTER with the length you want.")
        }
        None => (),
    }
    sheet.statement(&format!("EXTERNAL {upper}"));
}

/// A row of the list of arguments; what it says keeps its columns where there is room.
fn row(sheet: &mut Sheet, head: &str, remark: &str) {
    let indent = 2;
    if 6 + indent + head.len() + 2 + remark.len() <= LAST_COLUMN {
        return sheet.line(&format!("C     {}{head}  {}", " ".repeat(indent), plain(remark)));
    }
    sheet.comment(indent, 6, &format!("{} {remark}", head.trim_end()));
}

/// The file that declares a COMMON block as one of its routines sees it.
fn common_file(contract: &Contract, component: &str, common: &Common) -> Result<File, String> {
    let name = fortran::stem(common.symbol)
        .ok_or_else(|| format!("`{}` is no symbol of Fortran's", plain(common.symbol)))?;
    let upper = name.to_ascii_uppercase();
    let mut sheet = Sheet::default();
    sheet.comment(0, 0, &words::what(contract));
    sheet.gap();
    sheet.comment(0, 0, &format!("COMMON /{upper}/: {} bytes.", common.size));
    for other in &common.others {
        sheet.comment(0, 2, &format!("Other routines see it as {}.", plain(&other.to_string())));
    }
    let mut list = Vec::new();
    let mut names = Names::default();
    let mut at = 0;
    let own = Field::new(format!("{name}_v"), common.view.clone(), 0);
    let fields = match record(contract, common.view).map(|def| &def.kind) {
        Some(TypeKind::Struct(fields)) => fields.as_slice(),
        Some(_) => return Err("its view is no plain record".into()),
        None => std::slice::from_ref(&own),
    };
    for field in fields {
        let (extents, element) = dimensions(&field.ty);
        let text = fortran::is_text(element);
        let size = contract.size_align(&field.ty).map(|(size, _)| size).ok_or("a field has no known size")?;
        let ty = match (text, contract.size_align(element)) {
            (true, Some((size, _))) => format!("CHARACTER*{size}"),
            _ => {
                f_scalar(contract, element).ok_or_else(|| format!("`{}` is no plain variable", field.name))?
            }
        };
        if field.bits.is_some() || field.offset != at {
            return Err(format!("`{}` does not follow what is before it", field.name));
        }
        at += size;
        let variable = identifier(&field.name);
        if !names.claim(&variable) || variable.len() > LONGEST_NAME {
            return Err(format!("`{}` is no name of its own in Fortran", field.name));
        }
        let shape = constant_shape(&extents).ok_or("an extent is not constant")?;
        let upper = variable.to_ascii_uppercase();
        if let Some(unit) = &field.unit {
            sheet.comment(2, 2, &format!("{upper}: {unit}"));
        }
        sheet.statement(&format!("{ty} {upper}{shape}"));
        list.push(upper);
    }
    sheet.statement(&format!("COMMON /{upper}/ {}", list.join(", ")));
    Ok(File { name: format!("{component}_{name}.inc"), text: sheet.text })
}

fn constant_shape(extents: &[&Extent]) -> Option<String> {
    if extents.is_empty() {
        return Some(String::new());
    }
    let list: Option<Vec<String>> = extents.iter().map(|extent| fortran::extent(extent, &|_| None)).collect();
    list.map(|list| format!("({})", list.join(",")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_statement_is_continued() {
        let mut sheet = Sheet::default();
        let list: Vec<String> = (0..20).map(|i| format!("VARIABLE_{i}")).collect();
        sheet.statement(&format!("COMMON /LONG/ {}", list.join(", ")));
        assert!(sheet.text.lines().count() > 3);
        assert!(sheet.text.lines().all(|line| line.len() <= LAST_COLUMN), "{}", sheet.text);
        assert!(sheet.text.lines().skip(1).all(|line| line.starts_with("     &")));
        let joined: String = sheet.text.lines().map(|line| line[6..].to_string() + " ").collect();
        assert!(list.iter().all(|name| joined.contains(name)), "{joined}");
    }

    #[test]
    fn a_word_without_end_is_cut() {
        let mut sheet = Sheet::default();
        sheet.comment(2, 2, &"x".repeat(300));
        assert!(sheet.text.lines().all(|line| line.len() <= LAST_COLUMN), "{}", sheet.text);
        assert_eq!(sheet.text.matches('x').count(), 300);
    }

    #[test]
    fn types_of_a_view() {
        let ty = Type::parse("[[char; 24]; 64]").expect("a type");
        assert_eq!(constant_shape(&dimensions(&ty).0), Some("(64)".into()));
    }
}
