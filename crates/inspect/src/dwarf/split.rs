//! `-gsplit-dwarf`: the binary keeps a skeleton of each unit; the entries are in a `.dwo` file beside the object, or in
//! one `.dwp` package.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

use gimli::{AttributeValue, DwoId, Section, UnitType};

use super::Bytes;
use super::sections::{Content, FileSections, content, load_owned};
use super::separate::{Search, folder_of};
use crate::binary::Binary;
use crate::binary::image::Image;

/// Missing files that are named; the rest is counted.
const MAX_NAMED: usize = 8;
/// Files that are opened.
const MAX_FILES: usize = 1 << 16;

type Package = gimli::DwarfPackageSections<Content<'static>>;

/// A unit of which the binary has the skeleton.
pub(super) struct Wanted {
    /// Offset of the skeleton in `.debug_info`.
    pub(super) skeleton: usize,
    pub(super) id: u64,
    /// Index in [`Splits::files`].
    pub(super) file: Option<usize>,
}

/// The files found.
#[derive(Default)]
pub(super) struct Splits {
    pub(super) package: Option<Package>,
    pub(super) files: Vec<FileSections<'static>>,
    pub(super) wanted: Vec<Wanted>,
}

impl Splits {
    pub(super) fn find(
        dwarf: &gimli::Dwarf<Bytes<'_>>,
        image: &Image,
        search: &Search,
        problems: &mut Vec<String>,
    ) -> Splits {
        let mut splits = Splits::default();
        let skeletons = skeletons(dwarf);
        if skeletons.is_empty() {
            return splits;
        }
        splits.package = package(image, problems);
        let mut known: HashMap<PathBuf, Option<usize>> = HashMap::new();
        let mut missing = Vec::new();
        for skeleton in skeletons {
            let mut wanted = Wanted { skeleton: skeleton.start, id: skeleton.id, file: None };
            if splits.package.is_none() {
                let file = match known.get(&skeleton.name) {
                    Some(file) => *file,
                    None => {
                        let file = splits.open(&skeleton, image, search);
                        known.insert(skeleton.name.clone(), file);
                        if file.is_none() {
                            missing.push(skeleton.name.display().to_string());
                        }
                        file
                    }
                };
                wanted.file = file;
            }
            splits.wanted.push(wanted);
        }
        if !missing.is_empty() {
            let more = missing.len().saturating_sub(MAX_NAMED);
            missing.truncate(MAX_NAMED);
            let more = if more == 0 { String::new() } else { format!(" and {more} more") };
            problems.push(format!(
                "debug information is kept elsewhere (-gsplit-dwarf) and not there: {}{more}; looked in the folder of \
                 the compilation, beside {}, and for a .dwp package",
                missing.join(", "),
                image.path().display()
            ));
        }
        splits
    }

    fn open(&mut self, skeleton: &Skeleton, image: &Image, search: &Search) -> Option<usize> {
        if self.files.len() >= MAX_FILES {
            return None;
        }
        let beside = folder_of(image.path());
        let mut places = vec![skeleton.folder.join(&skeleton.name), beside.join(&skeleton.name)];
        if let Some(last) = skeleton.name.file_name() {
            places.push(beside.join(last));
        }
        let whole = skeleton.folder.join(&skeleton.name);
        if let Ok(below) = whole.strip_prefix("/") {
            places.extend(search.roots.iter().map(|r| r.join(below)));
        }
        let found = places.iter().filter(|p| p.is_file()).find_map(|path| {
            let image = Arc::new(Binary::open_image(path).ok()?);
            image.has_section(".debug_info.dwo").then(|| load_owned(&image, |id| id.dwo_name()).ok())?
        })?;
        self.files.push(found);
        Some(self.files.len() - 1)
    }
}

/// `program.dwp`, beside the program.
fn package(image: &Image, problems: &mut Vec<String>) -> Option<Package> {
    let mut name = image.path().as_os_str().to_os_string();
    name.push(".dwp");
    let path = PathBuf::from(name);
    if !path.is_file() {
        return None;
    }
    let open = || -> Result<Package, super::DwarfError> {
        let image = Arc::new(Binary::open_image(&path)?);
        let damaged = |source| super::DwarfError::Damaged { what: "sections".into(), source };
        let mut failed = None;
        let package = Package::load(|id| match id.dwo_name().map(|name| content(&image, name)) {
            Some(Ok(bytes)) => Ok(bytes),
            Some(Err(error)) => {
                failed = Some(error);
                Ok(Content::default())
            }
            None => Ok(Content::default()),
        });
        failed.map_or_else(|| package.map_err(damaged), Err)
    };
    match open() {
        Ok(package) => Some(package),
        Err(error) => {
            problems.push(format!("{}: {error}", path.display()));
            None
        }
    }
}

struct Skeleton {
    start: usize,
    id: u64,
    name: PathBuf,
    folder: PathBuf,
}

fn skeletons(dwarf: &gimli::Dwarf<Bytes<'_>>) -> Vec<Skeleton> {
    let mut found = Vec::new();
    let mut headers = dwarf.units();
    // Before DWARF 5, only units that are split use .debug_addr; looking at every root would open all units.
    let old = !dwarf.debug_addr.reader().is_empty();
    while let Ok(Some(header)) = headers.next() {
        let may_be = matches!(header.type_(), UnitType::Skeleton(_)) || (old && header.version() < 5);
        if may_be && let Ok(Some(skeleton)) = skeleton(dwarf, &header) {
            found.push(skeleton);
        }
    }
    found
}

fn skeleton<'s>(
    dwarf: &gimli::Dwarf<Bytes<'s>>,
    header: &gimli::UnitHeader<Bytes<'s>>,
) -> Result<Option<Skeleton>, gimli::Error> {
    let Some(id) = dwo_id(dwarf, header)? else {
        return Ok(None);
    };
    let unit = super::unit::open(dwarf, *header, None)?.unit;
    let path = |bytes: Option<Bytes<'s>>| {
        PathBuf::from(bytes.map(|b| b.to_string_lossy().into_owned()).unwrap_or_default())
    };
    let name = match unit.dwo_name()? {
        Some(value) => dwarf.attr_string(&unit, value).ok(),
        None => return Ok(None),
    };
    Ok(Some(Skeleton { start: header.offset().0, id, name: path(name), folder: path(unit.comp_dir) }))
}

/// What ties a skeleton and its unit together.
pub(super) fn dwo_id<'s>(
    dwarf: &gimli::Dwarf<Bytes<'s>>,
    header: &gimli::UnitHeader<Bytes<'s>>,
) -> Result<Option<u64>, gimli::Error> {
    if let UnitType::Skeleton(DwoId(id)) | UnitType::SplitCompilation(DwoId(id)) = header.type_() {
        return Ok(Some(id));
    }
    let abbreviations = dwarf.abbreviations(header)?;
    let root = header.entry(&abbreviations, header.root_offset())?;
    Ok(match root.attr_value(gimli::DW_AT_GNU_dwo_id) {
        Some(AttributeValue::DwoId(DwoId(id))) => Some(id),
        _ => None,
    })
}
