//! Writes entries byte by byte, as the agent lays them out: an encoder that shares no code with the reader.

use cmp_bridge_journal::{Header, Writer};
use std::path::PathBuf;

/// Kinds of entry.
const ENTER: u8 = 1;
const LEAVE: u8 = 2;
const CANDIDATE: u8 = 3;
const ABANDONED: u8 = 4;

/// A captured area: (area, address, completeness, bytes).
pub type Area<'a> = (u16, u64, u8, &'a [u8]);

/// Entries of one thread.
#[derive(Default, Clone)]
pub struct Entries(pub Vec<u8>);

impl Entries {
    pub fn enter(&mut self, routine: u16, number: u64, depth: u32, gpr: [u64; 6], areas: &[Area<'_>]) {
        self.enter_with_stack(routine, number, depth, gpr, &[], areas);
    }

    pub fn enter_with_stack(
        &mut self,
        routine: u16,
        number: u64,
        depth: u32,
        gpr: [u64; 6],
        stack: &[u8],
        areas: &[Area<'_>],
    ) {
        let mut body = Vec::new();
        body.extend(depth.to_le_bytes());
        body.extend((stack.len() as u32).to_le_bytes());
        body.extend(0x1f80u32.to_le_bytes());
        body.extend(0x037fu32.to_le_bytes());
        body.extend(0x7ffd_0000_1000u64.to_le_bytes());
        gpr.iter().for_each(|word| body.extend(word.to_le_bytes()));
        (0..8u64).for_each(|word| body.extend((0x4000_0000_0000_0000 + word).to_le_bytes()));
        pad(&mut body, stack);
        self.entry(ENTER, routine, number, body, areas);
    }

    pub fn leave(&mut self, routine: u16, number: u64, rax: u64, xmm0: u64, areas: &[Area<'_>]) {
        self.entry(LEAVE, routine, number, returned(rax, xmm0), areas);
    }

    pub fn candidate(
        &mut self,
        routine: u16,
        number: u64,
        answer: u32,
        rax: u64,
        xmm0: u64,
        areas: &[Area<'_>],
    ) {
        let mut body = Vec::new();
        body.extend(answer.to_le_bytes());
        body.extend(0u32.to_le_bytes());
        body.extend(1000u64.to_le_bytes());
        body.extend(700u64.to_le_bytes());
        body.extend(returned(rax, xmm0));
        self.entry(CANDIDATE, routine, number, body, areas);
    }

    pub fn abandoned(&mut self, routine: u16, number: u64) {
        self.entry(ABANDONED, routine, number, Vec::new(), &[]);
    }

    fn entry(&mut self, kind: u8, routine: u16, number: u64, mut body: Vec<u8>, areas: &[Area<'_>]) {
        for (area, address, completeness, bytes) in areas {
            body.extend(address.to_le_bytes());
            body.extend((bytes.len() as u32).to_le_bytes());
            body.extend(area.to_le_bytes());
            body.extend([*completeness, 0]);
            pad(&mut body, bytes);
        }
        self.0.extend((16 + body.len() as u32).to_le_bytes());
        self.0.extend([kind, areas.len() as u8]);
        self.0.extend(routine.to_le_bytes());
        self.0.extend(number.to_le_bytes());
        self.0.extend(body);
    }
}

fn returned(rax: u64, xmm0: u64) -> Vec<u8> {
    let mut out = Vec::new();
    [rax, 0, xmm0, 0].iter().for_each(|word: &u64| out.extend(word.to_le_bytes()));
    out.extend([0; 32]);
    out
}

fn pad(out: &mut Vec<u8>, bytes: &[u8]) {
    out.extend_from_slice(bytes);
    out.resize(out.len().next_multiple_of(8), 0);
}

/// A folder of its own for each test, removed at the end.
pub struct Scratch(pub PathBuf);

impl Scratch {
    pub fn new(name: &str) -> Scratch {
        let folder = std::env::temp_dir().join(format!("cmp-bridge-test-{}-{name}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).expect("a folder for the test");
        Scratch(folder)
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Writes a journal of these blocks: (thread, drops so far, entries).
pub fn write(
    scratch: &Scratch,
    name: &str,
    header: &Header,
    blocks: &[(u32, u64, &Entries)],
    closed: bool,
) -> PathBuf {
    let path = scratch.path(name);
    let _ = std::fs::remove_file(&path);
    let mut writer = Writer::create(&path, header).expect("a new journal");
    for (thread, dropped, entries) in blocks {
        writer.block(*thread, *dropped, &entries.0).expect("a block");
    }
    if closed {
        writer.finish(blocks.iter().map(|block| block.1).sum()).expect("the closing block");
    }
    path
}
