//! The file that a person completes: a method to fill for each routine.

use crate::page::Page;
use crate::shape::Shape;
use crate::{names, rust, traits, types};
use cmp_bridge_contract::model::Contract;

/// Prints the implementations, each of which says what is missing.
pub(crate) fn print(contract: &Contract, shapes: &[&Shape]) -> String {
    let component = names::variable(&contract.component.name);
    let mut body = Page::default();
    body.line("/// The routines, rewritten.");
    body.line("pub struct Rewrite;");
    body.gap();
    for shape in shapes {
        body.open(&format!("impl {} for Rewrite {{", shape.trait_name));
        let head = format!("fn {}(", shape.name);
        body.open_list(&head, &traits::params(shape), &format!("){} {{", traits::returns(shape)));
        body.line(&format!("todo!(\"rewrite `{}`\")", shape.routine.symbol));
        body.close("}");
        body.close("}");
        body.gap();
    }
    let body = body.finish();
    let mut page = Page::default();
    page.line(&format!("//! Routines of `{component}` in safe Rust."));
    page.line("#![forbid(unsafe_code)]");
    page.line("// Until the methods are filled.");
    page.line("#![allow(unused_variables)]");
    page.gap();
    let mut generated: Vec<String> = shapes.iter().map(|shape| shape.trait_name.clone()).collect();
    let owned: Vec<&Shape> = shapes.to_vec();
    let reached = owned.iter().flat_map(|shape| types::reached(contract, std::slice::from_ref(*shape)));
    generated.extend(reached.map(names::type_name).filter(|name| rust::names_word(&body, name)));
    generated.extend(shapes.iter().flat_map(|shape| shape.state.iter().map(|state| state.ty.clone())));
    generated.retain(|name| name.chars().all(|c| c.is_alphanumeric() || c == '_'));
    generated.retain(|name| name.starts_with(|c: char| c.is_ascii_uppercase()));
    generated.sort();
    generated.dedup();
    page.list(&format!("use crate::{component}::{{"), &generated, "};");
    let support = rust::support_words(&body);
    if !support.is_empty() {
        page.list("use cmp_bridge::support::{", &support, "};");
    }
    if rust::names_word(&body, "CStr") {
        page.line("use core::ffi::CStr;");
    }
    page.gap();
    page.finish() + &body
}
