//! Arrays in Fortran 90: what their extents must agree with, gfortran's own descriptors, and the bounds of Ada.

use super::fortran::{self, dimensions};
use super::fortran90_dummy::{Dummy, Maker, intent, kept};
use super::fortran90_types::{Abi, shape};
use super::signature::carried;
use cmp_bridge_contract::model::{Extent, Index, Param, Type, Use};

impl Maker<'_> {
    /// gfortran: an array that carries its bounds is Fortran's own.
    pub(super) fn described(&mut self, param: &Param, dummy: &mut Dummy) -> Result<(), String> {
        if self.abi == Abi::C {
            return Err("an array descriptor of gfortran's".into());
        }
        let (_, element) = dimensions(&param.ty);
        let mut element = element;
        while let Type::Array(inner, Extent::Carried(_)) = element {
            element = inner;
        }
        let spelled = match element {
            Type::Chars => "character(len=*)".to_string(),
            Type::Char => "character(len=1)".to_string(),
            Type::Array(..) => {
                let size = self
                    .types
                    .contract
                    .size_align(element)
                    .ok_or("a text of a length that is not constant")?
                    .0;
                format!("character(len={size})")
            }
            ty => self.types.spelled(ty, Abi::Fortran)?,
        };
        let optional = if param.nullable { ", optional" } else { "" };
        let shape = shape(&param.ty, &|_| None);
        dummy.raw = (format!("{spelled}{}{optional}", intent(param.usage)), shape);
        dummy.shown = Some(dummy.raw.clone());
        Ok(())
    }

    /// Ada: the addresses of the data and of the bounds.
    pub(super) fn fat(&mut self, param: &Param, dummy: &mut Dummy) -> Result<(), String> {
        if param.nullable {
            return Err("an Ada array with its bounds that may be absent".into());
        }
        let (element, rank, index) = carried(&param.ty).ok_or("its bounds are of different types")?;
        let (name, intent) = (dummy.name.clone(), kept(param.usage));
        let fat = self.take(&format!("{name}_fat"));
        let (copy, bounds) = (self.take(&format!("{name}_copy")), self.take(&format!("{name}_bounds")));
        let kind = format!("c_int{}_t", u32::from(index.size) * 8);
        dummy.raw = ("type(ada_array), value".into(), String::new());
        let colons = format!("({})", vec![":"; rank as usize].join(", "));
        let mut locals = vec![
            format!("type(ada_array) :: {fat}"),
            format!("integer({kind}), target :: {bounds}({})", 2 * rank),
        ];
        let (mut before, mut after) = (Vec::new(), Vec::new());
        if *element == Type::Char && rank == 1 {
            dummy.shown = Some((format!("character(len=*){intent}"), String::new()));
            locals.push(format!("character(kind=c_char), allocatable, target :: {copy}(:)"));
            before.push(format!("allocate({copy}(len({name})))"));
            before.extend(self.outside(index, "1", &format!("len({name}, c_int64_t)")));
            before.push(format!("{bounds} = [1_{kind}, int(len({name}), {kind})]"));
            before.push(match param.usage {
                // As it is, not read: what the routine does not write stays.
                Use::Out => format!("{copy} = transfer({name}, {copy}, len({name}))"),
                _ => format!("call text_to_chars({name}, {copy}, ' ')"),
            });
            if param.usage != Use::In {
                after.push(format!("call chars_to_text({copy}, {name}, ' ')"));
            }
        } else {
            let spelled = self.types.spelled(element, Abi::C)?;
            dummy.shown = Some((format!("{spelled}{intent}"), colons.clone()));
            locals.push(format!("{spelled}, allocatable, target :: {copy}{colons}"));
            let sizes: Vec<String> = (1..=rank).map(|i| format!("size({name}, {i}, c_int64_t)")).collect();
            before.push(format!("allocate({copy}({}))", sizes.join(", ")));
            let first = self.take(&format!("{name}_first"));
            let lowest = self.take(&format!("{name}_low"));
            locals.push(format!("integer(c_int64_t) :: {lowest}"));
            let (list, of) = if rank == 1 {
                (String::new(), String::new())
            } else {
                (format!(", dimension({rank})"), "(%)".into())
            };
            dummy.first = Some((format!("integer(c_int32_t), intent(in), optional{list}"), first.clone()));
            for dimension in 1..=rank {
                // Ada's first index varies slowest.
                let (low, high) = (2 * (rank - dimension) + 1, 2 * (rank - dimension) + 2);
                let given = format!("{first}{}", of.replace('%', &dimension.to_string()));
                before.push(format!("{lowest} = 1"));
                before.push(format!("if (present({first})) {lowest} = {given}"));
                let last = format!("{lowest} + size({name}, {dimension}, c_int64_t) - 1_c_int64_t");
                before.extend(self.outside(index, &lowest, &last));
                before.push(format!("{bounds}({low}) = int({lowest}, {kind})"));
                before.push(format!("{bounds}({high}) = int({last}, {kind})"));
            }
            before.push(format!("{copy} = {name}"));
            if param.usage != Use::In {
                after.push(format!("{name} = {copy}"));
            }
        }
        before.push(format!("{fat}%data = c_loc({copy})"));
        before.push(format!("{fat}%bounds = c_loc({bounds})"));
        (dummy.locals, dummy.before, dummy.after) = (locals, before, after);
        (dummy.argument, dummy.converts) = (fat, true);
        Ok(())
    }
    /// The array says what it holds: it is asked for another parameter, or its own extents are taken from one.
    pub(super) fn asks(&self, array: usize, extents: &[&Extent]) -> bool {
        let rank = extents.len();
        let known = |extent: &&Extent| matches!(extent, Extent::Expr(expr) if fortran::expression(expr, &|n| self.value(n)).is_some());
        let inner = extents.iter().take(rank.saturating_sub(1)).all(known);
        self.asked(array) || (inner && extents.iter().any(|extent| self.taken(extent)))
    }

    /// The shape of such an array, and what it must agree with.
    pub(super) fn checked(&self, array: usize, extents: &[&Extent], dummy: &mut Dummy) -> String {
        dummy.converts = true;
        let lines = self.disagreements(array, extents);
        if self.routine.params[array].nullable && !lines.is_empty() {
            dummy.wrong.push(format!("if (present({})) then", self.idents[array]));
            dummy.wrong.extend(lines.iter().map(|line| format!("  {line}")));
            dummy.wrong.push("end if".into());
        } else {
            dummy.wrong.extend(lines);
        }
        format!("({})", vec![":"; extents.len()].join(", "))
    }

    /// The dimensions of such an array that another array or a constant decides.
    fn disagreements(&self, array: usize, extents: &[&Extent]) -> Vec<String> {
        let name = &self.idents[array];
        let mut list = Vec::new();
        for (i, extent) in extents.iter().enumerate() {
            let here = format!("size({name}, {}, c_int64_t)", i + 1);
            match fortran::extent(extent, &|name| self.shown_value(name)) {
                Some(there) if there != here => {
                    let no = format!("{here} /= {there}");
                    list.extend(self.stops(&no, "the extents of its arrays do not agree"));
                }
                _ => (),
            }
        }
        list
    }

    /// Lines that stop the program where an index of Ada's cannot be one of the bounds.
    fn outside(&self, index: Index, first: &str, last: &str) -> Vec<String> {
        let bits = u32::from(index.size) * 8;
        if bits >= 64 {
            return Vec::new();
        }
        let (least, most) = match index.signed {
            true => (-(1i64 << (bits - 1)), (1i64 << (bits - 1)) - 1),
            false => (0, (1i64 << bits) - 1),
        };
        let mut list = Vec::new();
        // An empty array ends before it begins.
        let low = format!("min({first}, {last}) < {least}_c_int64_t");
        let high = format!("max({first}, {last}) > {most}_c_int64_t");
        if first != "1" {
            list.extend(self.stops(&low, "an index is outside of the type of the bounds"));
            list.extend(self.stops(&high, "an index is outside of the type of the bounds"));
        } else {
            list.extend(
                self.stops(&format!("{last} > {most}_c_int64_t"), "a text is longer than its bounds can say"),
            );
        }
        list
    }
}
