//! kubectl's table: upper-case header, three spaces between columns, no lines, no trailing space.

use owo_colors::{OwoColorize as _, Style};

use super::style::tame;

/// One value and how it is coloured.
#[derive(Clone, Debug)]
pub struct Cell {
    text: String,
    style: Style,
}

impl Cell {
    /// Plain text; empty is shown as `<none>`.
    pub fn new(text: impl AsRef<str>) -> Self {
        Self::styled(text, Style::new())
    }

    /// Coloured text.
    pub fn styled(text: impl AsRef<str>, style: Style) -> Self {
        let text = tame(text.as_ref()).replace(['\n', '\t'], " ");
        Self { text: if text.is_empty() { "<none>".to_owned() } else { text }, style }
    }

    fn columns(&self) -> usize {
        self.text.chars().count()
    }
}

/// Column titles and rows.
#[derive(Clone, Debug, Default)]
pub struct Table {
    header: Vec<&'static str>,
    rows: Vec<Vec<Cell>>,
}

/// How wide each column is, kept between the parts of a watch.
#[derive(Clone, Debug, Default)]
pub struct Widths(Vec<usize>);

impl Table {
    /// An empty table.
    pub fn new(header: impl IntoIterator<Item = &'static str>) -> Self {
        Self { header: header.into_iter().collect(), rows: Vec::new() }
    }

    /// One more row.
    pub fn push(&mut self, row: Vec<Cell>) {
        debug_assert_eq!(row.len(), self.header.len());
        self.rows.push(row);
    }

    /// Widths that fit everything in the table.
    pub fn widths(&self) -> Widths {
        let column = |index: usize| self.rows.iter().map(|row| row[index].columns()).max().unwrap_or(0);
        Widths(self.header.iter().enumerate().map(|(index, title)| title.len().max(column(index))).collect())
    }

    /// Header and rows.
    pub fn render(&self) -> String {
        let widths = self.widths();
        format!("{}{}", self.header_line(&widths), self.lines(&widths))
    }

    /// The header alone.
    pub fn header_line(&self, widths: &Widths) -> String {
        let titles: Vec<_> = self.header.iter().map(Cell::new).collect();
        line(&titles, widths)
    }

    /// The rows alone.
    pub fn lines(&self, widths: &Widths) -> String {
        self.rows.iter().map(|row| line(row, widths)).collect()
    }
}

fn line(cells: &[Cell], widths: &Widths) -> String {
    let mut text = String::new();
    for (index, cell) in cells.iter().enumerate() {
        text.push_str(&cell.text.style(cell.style).to_string());
        if index + 1 < cells.len() {
            let room = widths.0.get(index).copied().unwrap_or_default().saturating_sub(cell.columns());
            text.push_str(&" ".repeat(room + 3));
        }
    }
    text.push('\n');
    text
}
