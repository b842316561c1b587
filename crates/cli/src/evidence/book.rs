//! The contracts inside a journal, with everything that reading and comparing its calls needs, worked out once.

use cmp_bridge::entry::Returned;
use cmp_bridge_contract::abi::{self, AbiError, Lowered, ReturnPlace, Role};
use cmp_bridge_contract::areas::{self, Area, Owner};
use cmp_bridge_contract::hash::routine_hash;
use cmp_bridge_contract::model::{By, Contract, Routine, Tolerance, Type};
use cmp_bridge_contract::{Diagnostics, layout};
use cmp_bridge_journal::{Call, Header};

/// Why the calls of a journal cannot be understood.
#[derive(Debug, thiserror::Error)]
pub enum BookError {
    /// The contract inside the journal is not one this program can read.
    #[error("the contract {file} inside the journal cannot be read")]
    Contract {
        /// Its file name.
        file: String,
        /// Every error.
        source: Diagnostics,
    },
    /// The journal names a routine its contract does not have.
    #[error("routine `{routine}` of the journal is not in its contract {file}")]
    Unknown {
        /// The routine.
        routine: String,
        /// The contract's file name.
        file: String,
    },
    /// The contract inside is not the one the calls were recorded with.
    #[error(
        "routine `{routine}`: the journal was recorded with contract hash {recorded:016x}, but the contract inside it \
         has {found:016x}"
    )]
    Hash {
        /// The routine.
        routine: String,
        /// Hash at the time of recording.
        recorded: u64,
        /// Hash of the contract inside, as this program computes it.
        found: u64,
    },
    /// The signature cannot be lowered.
    #[error("routine `{routine}`: its signature cannot be lowered")]
    Abi {
        /// The routine.
        routine: String,
        /// Why.
        source: AbiError,
    },
}

struct Entry {
    component: usize,
    position: usize,
    areas: Vec<Area>,
    lowered: Lowered,
}

/// The routines of a journal, in its order.
pub struct Book {
    contracts: Vec<Contract>,
    entries: Vec<Entry>,
}

/// One routine of a [`Book`].
#[derive(Clone, Copy)]
pub struct Known<'a> {
    /// Its contract.
    pub contract: &'a Contract,
    /// The routine.
    pub routine: &'a Routine,
    /// The memory its calls may touch.
    pub areas: &'a [Area],
    /// Its signature, lowered.
    pub lowered: &'a Lowered,
}

impl Book {
    /// Reads the contracts of a journal's header.
    pub fn read(header: &Header) -> Result<Book, BookError> {
        let mut contracts = Vec::new();
        for component in &header.components {
            let read = Contract::from_toml(&component.contract, &component.file);
            contracts
                .push(read.map_err(|source| BookError::Contract { file: component.file.clone(), source })?);
        }
        let mut entries = Vec::new();
        for head in &header.routines {
            let component = head.component as usize;
            let contract = &contracts[component];
            let position = contract.routines.iter().position(|r| r.name == head.name).ok_or_else(|| {
                let file = header.components[component].file.clone();
                BookError::Unknown { routine: head.name.clone(), file }
            })?;
            let routine = &contract.routines[position];
            let found = routine_hash(contract, routine);
            if found != head.contract_hash {
                let (routine, recorded) = (head.name.clone(), head.contract_hash);
                return Err(BookError::Hash { routine, recorded, found });
            }
            let abi = |source| BookError::Abi { routine: head.name.clone(), source };
            let areas = areas::of(contract, routine).map_err(abi)?;
            let lowered = abi::lower(contract, routine).map_err(abi)?;
            entries.push(Entry { component, position, areas, lowered });
        }
        Ok(Book { contracts, entries })
    }

    /// The routine with that index in the journal, which is below [`Book::routine_count`].
    pub fn known(&self, index: usize) -> Known<'_> {
        let entry = &self.entries[index];
        let contract = &self.contracts[entry.component];
        let routine = &contract.routines[entry.position];
        Known { contract, routine, areas: &entry.areas, lowered: &entry.lowered }
    }

    /// Its contracts.
    pub fn contracts(&self) -> &[Contract] {
        &self.contracts
    }

    /// Number of routines.
    pub fn routine_count(&self) -> usize {
        self.entries.len()
    }

    /// The routines, in order.
    pub fn iter(&self) -> impl Iterator<Item = Known<'_>> {
        (0..self.routine_count()).map(|index| self.known(index))
    }
}

impl<'a> Known<'a> {
    /// How the values of an area are named: `pos`, `return`, `state.cst`.
    pub fn label(&self, area: usize) -> String {
        match self.areas.get(area).map(|area| area.owner) {
            Some(Owner::Param(i)) => self.routine.params[i].name.clone(),
            Some(Owner::Bounds(i)) => format!("bounds of {}", self.routine.params[i].name),
            Some(Owner::Return) => "return".to_owned(),
            Some(Owner::State(i)) => format!("state.{}", self.routine.state[i].area),
            None => format!("area {area}"),
        }
    }

    /// The tolerance declared for an area as a whole.
    pub fn tolerance(&self, area: usize) -> Option<&'a Tolerance> {
        match self.areas.get(area)?.owner {
            Owner::Param(i) => self.routine.params[i].tolerance.as_ref(),
            Owner::Return => self.routine.returns.as_ref()?.tolerance.as_ref(),
            Owner::State(_) | Owner::Bounds(_) => None,
        }
    }

    /// What was returned in registers, and its type: a routine that returns by reference, or an array with its bounds, returns
    /// an address. `None` where there is nothing.
    pub fn returned(&self, returned: &Returned) -> Option<(&'a Type, Vec<u8>)> {
        let returns = self.routine.returns.as_ref()?;
        let ty = if returns.by == By::Value { &returns.ty } else { &Type::Ptr };
        let pieces = &self.lowered.returns;
        let end = pieces.iter().map(|(_, offset, size)| (offset + size) as usize).max()?;
        let size = self.contract.size_align(ty).map_or(end, |(size, _)| size as usize);
        let size = if returns.by == By::Value { size.max(end) } else { size };
        let mut bytes = vec![0; size.min(layout::MAX_SIZE as usize)];
        for (place, offset, size) in pieces {
            let register: &[u8] = match place {
                ReturnPlace::Gpr(i) => &returned.gpr[usize::from(*i) & 1].to_le_bytes(),
                ReturnPlace::Xmm(i) => &returned.xmm[usize::from(*i) & 1].to_le_bytes(),
                ReturnPlace::X87(i) => &returned.x87[usize::from(*i) & 1],
            };
            let (offset, size) = (*offset as usize, (*size as usize).min(register.len()));
            // Of a fat pointer, only the address of the elements.
            if let Some(place) = bytes.get_mut(offset..offset + size) {
                place.copy_from_slice(&register[..size]);
            }
        }
        Some((ty, bytes))
    }

    /// The bytes of an argument as it was passed: of a value, or of an address.
    pub fn argument(&self, call: &Call, role: Role) -> Option<Vec<u8>> {
        let argument = self.lowered.arguments.iter().find(|argument| argument.role == role)?;
        let end = argument.pieces.iter().map(|piece| (piece.offset + piece.size) as usize).max()?;
        let mut bytes = vec![0; end];
        for piece in &argument.pieces {
            let size = piece.size as usize;
            let (gpr, xmm);
            let from: &[u8] = match piece.place {
                abi::Place::Gpr(i) => {
                    gpr = call.gpr.get(usize::from(i))?.to_le_bytes();
                    &gpr
                }
                abi::Place::Xmm(i) => {
                    xmm = call.xmm.get(usize::from(i))?.to_le_bytes();
                    &xmm
                }
                abi::Place::Stack(at) => call.stack.get(at as usize..)?,
            };
            bytes[piece.offset as usize..][..size].copy_from_slice(from.get(..size)?);
        }
        Some(bytes)
    }
}
