//! Names that people type: patterns, and what they may have meant.

pub use cmp_bridge_inspect::scan::matches;

/// The name that is most like `wanted`, if one is at all.
pub fn nearest<'a>(wanted: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let close = 1 + wanted.chars().count() / 3;
    let near = names.into_iter().map(|name| (distance(wanted, name), name));
    near.filter(|(distance, _)| *distance <= close).min().map(|(_, name)| name)
}

/// `; did you mean ...?`, where a name is near.
pub fn did_you_mean<'a>(wanted: &str, names: impl IntoIterator<Item = &'a str>) -> String {
    nearest(wanted, names).map(|name| format!("did you mean `{name}`?")).unwrap_or_default()
}

/// Levenshtein's distance.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(x != *y);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_names() {
        let names = ["eck_hec", "kep_car", "jj_cal"];
        assert_eq!(nearest("eck_hek", names), Some("eck_hec"));
        assert_eq!(nearest("jjcal", names), Some("jj_cal"));
        assert_eq!(nearest("entirely_else", names), None);
        assert_eq!(distance("kitten", "sitting"), 3);
    }
}
