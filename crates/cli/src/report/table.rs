//! Columns of text.

/// Where the text of a column stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Align {
    /// At the left.
    Left,
    /// At the right, as numbers do.
    Right,
}

/// A table of text, as wide as its widest cells.
pub struct Table {
    columns: Vec<(String, Align)>,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// An empty table with these headings.
    pub fn new(columns: &[(&str, Align)]) -> Table {
        Table {
            columns: columns.iter().map(|(name, align)| ((*name).to_owned(), *align)).collect(),
            rows: Vec::new(),
        }
    }

    /// Adds a row; it has as many cells as there are columns.
    pub fn row(&mut self, cells: Vec<String>) {
        self.rows.push(cells);
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The table, every line indented.
    pub fn render(&self, indent: &str) -> String {
        let widths: Vec<usize> = (0..self.columns.len())
            .map(|i| {
                let cells = self.rows.iter().map(|row| width(&row[i]));
                cells.chain([width(&self.columns[i].0)]).max().unwrap_or(0)
            })
            .collect();
        let headings = self.columns.iter().map(|(name, _)| name.clone()).collect();
        let mut out = String::new();
        for row in std::iter::once(&headings).chain(&self.rows) {
            let mut line = indent.to_owned();
            for (i, cell) in row.iter().enumerate() {
                let gap = " ".repeat(widths[i].saturating_sub(width(cell)));
                let separator = if i == 0 { "" } else { "  " };
                match self.columns[i].1 {
                    Align::Left => line += &format!("{separator}{cell}{gap}"),
                    Align::Right => line += &format!("{separator}{gap}{cell}"),
                }
            }
            out += line.trim_end();
            out.push('\n');
        }
        out
    }
}

fn width(text: &str) -> usize {
    text.chars().count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up_and_lines_have_no_tail() {
        let mut table = Table::new(&[("name", Align::Left), ("n", Align::Right), ("", Align::Left)]);
        table.row(vec!["é".into(), "10".into(), "x".into()]);
        table.row(vec!["longer".into(), "9".into(), String::new()]);
        assert_eq!(table.render("  "), "  name     n\n  é       10  x\n  longer   9\n");
    }
}
