//! Tables in plain text.

use core::fmt;

use unicode_width::UnicodeWidthStr;

/// On which side of its column a cell stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums, reason = "a column has two sides")]
pub enum Align {
    /// For words.
    Left,
    /// For numbers.
    Right,
}

/// A table of `N` columns, for a terminal with a fixed-width font: Japanese takes two columns a
/// character.
///
/// ```
/// use enishi::report::{Align, Table};
/// let mut table = Table::new([("class", Align::Left), ("customers", Align::Right)]);
/// table.row(["優良", "1,234"]);
/// assert_eq!(table.to_string(), "\
/// class  customers
/// ─────  ─────────
/// 優良       1,234
/// ");
/// ```
#[derive(Clone, Debug)]
pub struct Table<const N: usize> {
    headers: [String; N],
    aligns: [Align; N],
    rows: Vec<[String; N]>,
}

impl<const N: usize> Table<N> {
    /// A table with these columns and no rows.
    pub fn new(columns: [(&str, Align); N]) -> Self {
        Self {
            headers: columns.map(|(header, _)| one_line(header)),
            aligns: columns.map(|(_, align)| align),
            rows: Vec::new(),
        }
    }

    /// Adds a row. Control characters in it become spaces, as they could steer the terminal.
    pub fn row<T: AsRef<str>>(&mut self, cells: [T; N]) -> &mut Self {
        self.rows.push(cells.map(|cell| one_line(cell.as_ref())));
        self
    }
}

impl<const N: usize> fmt::Display for Table<N> {
    /// One line each for the headers, a rule and the rows, without space at the ends of lines.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut widths = [0; N];
        for row in self.rows.iter().chain([&self.headers]) {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = cell.width().max(*width);
            }
        }
        let rule = widths.map(|width| "─".repeat(width));
        for row in [&self.headers, &rule].into_iter().chain(&self.rows) {
            let mut line = String::new();
            for ((cell, width), align) in row.iter().zip(widths).zip(self.aligns) {
                let space = " ".repeat(width - cell.width());
                match align {
                    Align::Left => line.extend([cell.as_str(), &space]),
                    Align::Right => line.extend([space.as_str(), cell]),
                }
                line.push_str("  ");
            }
            writeln!(f, "{}", line.trim_end())?;
        }
        Ok(())
    }
}

fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up_in_both_scripts() {
        let mut table = Table::new([("クラス", Align::Left), ("n", Align::Right), ("", Align::Left)]);
        table.row(["休眠予備軍", "7", "▌"]).row(["new", "12,345", ""]);
        let expected = "\
クラス           n\n\
──────────  ──────  ─\n\
休眠予備軍       7  ▌\n\
new         12,345\n";
        assert_eq!(table.to_string(), expected);
    }

    #[test]
    fn a_cell_cannot_steer_the_terminal() {
        let mut table = Table::new([("a\nb", Align::Left)]);
        table.row(["\u{1b}[2Jx\ty"]);
        assert_eq!(table.to_string(), "a b\n──────\n [2Jx y\n".replace("──────\n", "───────\n"));
    }
}
