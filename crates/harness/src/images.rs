//! The images of a plan, to name what a legacy routine changes in their data.

use cmp_bridge::plan::Plan;
use cmp_bridge_inspect::binary::Binary;

/// What the loader and the linker's own code write there is nobody's state.
const LINKAGE: [&str; 5] = [".got", ".got.plt", ".init_array", ".fini_array", ".dynamic"];
/// What ends so is the storage from which the Ada run-time takes results of unknown size (its secondary stack): what is left
/// there after a call is nobody's state.
const SCRATCH: &str = "__sec_default_sized_stacks";
/// Changes are told by the word, by its address: which of several symbols in it changed is not known then.
const WORD: u64 = 8;

/// The images of a plan, by their index.
#[derive(Default)]
pub struct Images(Vec<Option<Binary>>);

impl Images {
    /// The binaries that the images of the plan were made from.
    pub fn of(plan: &Plan, executable: Binary, mut libraries: Vec<Binary>) -> Images {
        let of_library = plan.images.iter().skip(1).map(|image| {
            let same = |binary: &Binary| {
                binary.file_name() == image.name && binary.build_id().unwrap_or_default() == image.build_id
            };
            libraries.iter().position(same).map(|at| libraries.swap_remove(at))
        });
        let of_library: Vec<_> = of_library.collect();
        Images(std::iter::once(Some(executable)).chain(of_library).collect())
    }

    /// The state at these places, each symbol once: its symbol, and the place in it.
    pub fn undeclared(&self, places: &[(u16, u64)]) -> Vec<(String, String)> {
        let mut seen: Vec<String> = Vec::new();
        let mut undeclared = Vec::new();
        for (image, address) in places {
            let named = self.names(usize::from(*image), *address);
            let symbols: Vec<&str> = named.iter().map(|(symbol, _)| symbol.as_str()).collect();
            let symbol = symbols.join(" or ");
            if !named.is_empty() && !seen.contains(&symbol) {
                let places: Vec<String> =
                    named.iter().map(|(name, offset)| format!("{name}+{offset}")).collect();
                undeclared.push((symbol.clone(), places.join(" or ")));
                seen.push(symbol);
            }
        }
        undeclared
    }

    /// The symbols at an address and how far in it is, or else its section or image; none where linkage stands.
    fn names(&self, image: usize, address: u64) -> Vec<(String, u64)> {
        let Some(binary) = self.0.get(image).and_then(Option::as_ref) else {
            return vec![(format!("image {image}"), address)];
        };
        let inside = |section: &&cmp_bridge_inspect::binary::Section| {
            section.address != 0 && address >= section.address && address - section.address < section.size
        };
        let section = binary.sections().iter().find(inside);
        if section.is_some_and(|section| LINKAGE.contains(&section.name.as_str())) {
            return Vec::new();
        }
        let mut named: Vec<(String, u64)> = Vec::new();
        for at in address..(address | (WORD - 1)).saturating_add(1) {
            if let Some(symbol) = binary.object_at(at)
                && named.iter().all(|(name, _)| *name != symbol.name)
            {
                named.push((symbol.name.clone(), at - symbol.address));
            }
        }
        if named.iter().any(|(name, _)| name.ends_with(SCRATCH)) {
            return Vec::new();
        }
        if named.is_empty() {
            named.push(match section {
                Some(section) => {
                    (format!("{} of {}", section.name, binary.file_name()), address - section.address)
                }
                None => (binary.file_name(), address),
            });
        }
        named
    }
}
