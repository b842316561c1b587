//! The body of a package.

use super::routine::{Returned, Sub};
use super::text::{self, Parameter, quoted};
use super::types::Types;
use crate::bindings::words;
use cmp_bridge_contract::model::Language;

/// Library units, and what a text that needs one holds.
const UNITS: &[(&str, &[&str])] = &[
    ("Ada.Exceptions", &["Ada.Exceptions."]),
    ("Ada.Numerics.Complex_Types", &["Ada.Numerics.Complex_Types."]),
    ("Ada.Numerics.Long_Complex_Types", &["Ada.Numerics.Long_Complex_Types."]),
    ("Ada.Numerics.Long_Long_Complex_Types", &["Ada.Numerics.Long_Long_Complex_Types."]),
    ("Ada.Strings.Fixed", &["Ada.Strings.Fixed."]),
    ("Ada.Unchecked_Conversion", &["Ada.Unchecked_Conversion"]),
    ("Interfaces", &["Interfaces.Integer_", "Interfaces.Unsigned_"]),
    ("Interfaces.C", &["Interfaces.C.size_t"]),
    ("Interfaces.C.Strings", &["Interfaces.C.Strings."]),
    ("System", &["System."]),
];

/// The context clauses of a text; those that `given` has already are left out.
pub(super) fn context(text: &str, given: &[&str]) -> String {
    let code: Vec<&str> = text.lines().filter(|line| !line.trim_start().starts_with("--")).collect();
    let mut clauses = String::new();
    for (unit, words) in UNITS {
        let needed = code.iter().any(|line| words.iter().any(|word| line.contains(word)));
        if needed && !given.contains(unit) {
            clauses.push_str(&format!("with {unit};\n"));
        }
    }
    clauses
}

/// Prints the body of the package whose specification is `spec`.
pub(super) fn print(types: &Types<'_>, package: &str, subs: &[Sub<'_>], spec: &str) -> String {
    let bodies: Vec<String> =
        subs.iter().filter(|sub| !is_direct(sub)).map(|sub| subprogram(types, sub)).collect();
    let mut text = format!("package body {package} is\n");
    let mut helpers = Vec::new();
    if types.inner.iter().any(|text| text.contains("Where = System.Null_Address")) {
        helpers.push("   use type System.Address;".to_string());
    }
    let checks =
        |body: &String| body.lines().any(|line| line.trim_start().split(" (").next() == Some("Check"));
    if bodies.iter().any(checks) {
        helpers.push(CHECK.to_string());
    }
    if types.raises {
        helpers.push(STATUS.to_string());
    }
    for list in [&helpers, &types.inner, &bodies] {
        list.iter().for_each(|paragraph| text.push_str(&format!("\n{paragraph}\n")));
    }
    text.push_str(&format!("\nend {package};\n"));
    let given: Vec<&str> =
        spec.lines().filter_map(|line| line.strip_prefix("with ")?.strip_suffix(';')).collect();
    format!("--  {}\n{}\n{text}", words::what(types.contract), context(&text, &given))
}

const CHECK: &str = "   --  What the contract says of a call, and the language cannot say
   procedure Check (Holds : Boolean; What : String) is
   begin
      if not Holds then
         Ada.Exceptions.Raise_Exception (Constraint_Error'Identity, What);
      end if;
   end Check;";

const STATUS: &str = "   procedure Raise_Error (Routine : String; Code : Integer) is
   begin
      Ada.Exceptions.Raise_Exception
        (Error'Identity, Routine & \": status \" & Integer'Image (Code));
   end Raise_Error;

   function Code
     (Occurrence : Ada.Exceptions.Exception_Occurrence) return Integer
   is
      Message : constant String :=
        Ada.Exceptions.Exception_Message (Occurrence);
      Mark    : constant String := \": status \";
      At_Mark : constant Natural :=
        Ada.Strings.Fixed.Index (Message, Mark, Ada.Strings.Backward);
   begin
      return Integer'Value (Message (At_Mark + Mark'Length .. Message'Last));
   end Code;";

/// The profile that callers see.
pub(super) fn profile(sub: &Sub<'_>, end: &str) -> String {
    let list: Vec<Parameter> = sub.formals.iter().map(|formal| formal.parameter.clone()).collect();
    text::profile(3, &sub.name, &list, sub.result.as_deref(), end)
}

/// What callers see is what the symbol has: the subprogram is imported as it stands.
pub(super) fn is_direct(sub: &Sub<'_>) -> bool {
    let same = |(formal, (parameter, actual)): (&Parameter, (&Parameter, &String))| {
        formal.name == *actual
            && formal.mode == parameter.mode
            && formal.ty == parameter.ty
            && formal.default.is_none()
    };
    let formals = sub.formals.iter().map(|formal| &formal.parameter);
    let returned = match &sub.returned {
        Returned::Nothing => sub.result.is_none(),
        Returned::Result(expression) => expression == "{}" && sub.result == sub.call.result,
        Returned::Into(..) => false,
    };
    returned
        && sub.locals.is_empty()
        && sub.before.is_empty()
        && sub.after.is_empty()
        && sub.formals.len() == sub.call.parameters.len()
        && formals.zip(sub.call.parameters.iter().zip(&sub.call.actuals)).all(same)
}

/// The pragma that imports the symbol.
pub(super) fn import(types: &Types<'_>, sub: &Sub<'_>, indent: usize, name: &str) -> String {
    let symbol = quoted(&sub.routine.symbol);
    let items = match types.contract.component.language {
        Language::Ada => ["Ada".to_string(), name.to_string(), format!("Link_Name => {symbol}")],
        _ => ["C".to_string(), name.to_string(), symbol],
    };
    text::call(indent, "pragma Import", &items, ";")
}

fn subprogram(types: &Types<'_>, sub: &Sub<'_>) -> String {
    let mut lines = vec![profile(sub, " is")];
    if lines[0].contains('\n') {
        lines = vec![profile(sub, ""), "   is".into()];
    }
    lines.push(text::profile(6, "Call", &sub.call.parameters, sub.call.result.as_deref(), ";"));
    lines.push(import(types, sub, 6, "Call"));
    lines.extend(sub.locals.iter().cloned());
    let named =
        sub.result.is_some() && (!sub.after.is_empty() || !matches!(sub.returned, Returned::Result(_)));
    if let Some(result) = sub.result.as_ref().filter(|_| named) {
        lines.push(format!("      Result : {result};"));
    }
    lines.push("   begin".into());
    lines.extend(sub.before.iter().cloned());
    let call = |head: String, expression: &str| {
        let (before, after) = expression.split_once("{}").unwrap_or(("", ""));
        text::call(6, &format!("{head}{before}Call"), &sub.call.actuals, &format!("{after};"))
    };
    lines.push(match &sub.returned {
        Returned::Nothing => call(String::new(), "{}"),
        Returned::Into(object, expression) => call(format!("{object} := "), expression),
        Returned::Result(expression) if named => call("Result := ".into(), expression),
        Returned::Result(expression) => call("return ".into(), expression),
    });
    lines.extend(sub.after.iter().cloned());
    if named {
        lines.push("      return Result;".into());
    }
    lines.push(format!("   end {};", sub.name));
    lines.join("\n")
}
