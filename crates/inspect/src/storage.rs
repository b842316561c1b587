//! Where the declared state of a routine lives.
//!
//! A global name means what the loader makes of it: the first image, in its order, that exports it, unless the routine's
//! own image keeps the name to itself. A COMMON block or a copied variable (copy relocation) of the executable so wins
//! over the one in the library that declares it.

use cmp_bridge_contract::model::StateArea;

use crate::binary::{Binary, Binding, Symbol, SymbolKind};
use crate::names;

/// Why a state area has no address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StateHazard {
    /// No symbol of that name.
    #[error("none of the program's images defines its symbol `{symbol}`")]
    NoSuchSymbol {
        /// The symbol.
        symbol: String,
    },
    /// Several.
    #[error("its symbol `{symbol}` is in several places: {places}; say which by `file`")]
    Ambiguous {
        /// The symbol.
        symbol: String,
        /// Their source files or addresses.
        places: String,
    },
    /// One for each thread.
    #[error("`{symbol}` is thread-local: it has no one address")]
    ThreadLocal {
        /// The symbol.
        symbol: String,
    },
    /// Not storage.
    #[error("`{symbol}` is code, not storage")]
    Code {
        /// The symbol.
        symbol: String,
    },
    /// The contract promises more than there is.
    #[error("`{symbol}` has {found} bytes, the contract says {expected}")]
    TooSmall {
        /// The symbol.
        symbol: String,
        /// Its size in the image.
        found: u64,
        /// Its size in the contract.
        expected: u64,
    },
}

/// Finds the image and the virtual address of `area` as the code of `binaries[user]` sees it.
pub(crate) fn locate(
    binaries: &[&Binary],
    user: usize,
    area: &StateArea,
) -> Result<(usize, u64), StateHazard> {
    let named = || area.symbol.clone();
    let (image, mut symbols) =
        candidates(binaries, user, area).ok_or_else(|| StateHazard::NoSuchSymbol { symbol: named() })?;
    if symbols.iter().any(|s| s.kind == SymbolKind::Object) {
        symbols.retain(|s| s.kind == SymbolKind::Object);
    }
    let all = symbols.clone();
    names::narrow(&mut symbols, area.file.as_deref());
    let [symbol] = symbols[..] else {
        return Err(StateHazard::Ambiguous { symbol: named(), places: names::places(&all) });
    };
    match symbol.kind {
        SymbolKind::ThreadLocal => return Err(StateHazard::ThreadLocal { symbol: named() }),
        SymbolKind::Function | SymbolKind::IndirectFunction => {
            return Err(StateHazard::Code { symbol: named() });
        }
        // A label without a size says nothing of the storage behind it.
        SymbolKind::Untyped => {}
        SymbolKind::Object if symbol.size < area.size => {
            let (found, expected) = (symbol.size, area.size);
            return Err(StateHazard::TooSmall { symbol: named(), found, expected });
        }
        SymbolKind::Object => {}
    }
    Ok((image, symbol.address))
}

/// The image that decides what the name means, and its symbols of that name.
fn candidates<'a>(
    binaries: &[&'a Binary],
    user: usize,
    area: &StateArea,
) -> Option<(usize, Vec<&'a Symbol>)> {
    let own: Vec<&Symbol> = binaries[user].symbols_named(&area.symbol).collect();
    // Local to the routine's image, bound there by the linker, or only visible there.
    let bound_here = user == 0 || binaries[user].is_symbolic() || !own.iter().any(|s| s.dynamic);
    if bound_here && !own.is_empty() {
        return Some((user, own));
    }
    let exported = |(index, binary): (usize, &&'a Binary)| {
        let symbols: Vec<&Symbol> =
            binary.symbols_named(&area.symbol).filter(|s| s.dynamic && s.binding != Binding::Local).collect();
        (!symbols.is_empty()).then_some((index, symbols))
    };
    binaries.iter().enumerate().find_map(exported)
}
