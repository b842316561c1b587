//! What a class does, implemented in Rust.

use crate::classes::{self, Common, Label, LabelOf, Shift, Slot, SlotConstruct, SlotLength};

/// The routines.
pub struct Classes;

impl SlotConstruct for Classes {
    fn slot_construct(this: &mut Slot, begin: f64, end: f64) {
        *this = Slot { begin, end };
    }
}

impl SlotLength for Classes {
    fn slot_length(this: &Slot) -> f64 {
        this.end - this.begin
    }
}

impl Common for Classes {
    fn common(a: &Slot, b: &Slot) -> Slot {
        Slot { begin: a.begin.max(b.begin), end: a.end.min(b.end) }
    }
}

impl Shift for Classes {
    fn shift(slot: &mut Slot, by: f64) {
        slot.begin += by;
        slot.end += by;
    }
}

impl LabelOf for Classes {
    fn label_of(id: i32) -> Label {
        Label { id, copies: 0 }
    }
}

classes::export! { Classes: slot_construct, slot_length, common, shift, label_of }
