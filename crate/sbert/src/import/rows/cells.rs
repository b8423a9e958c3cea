//! The cells of one row, in one string that is used again for the next row.

use std::ops::Range;

/// The cells of a row by column. A column that the row hasn't got is none.
#[derive(Default)]
pub(in crate::import) struct Cells {
    text: String,
    ranges: Vec<Option<Range<usize>>>,
}

impl Cells {
    pub fn clear(&mut self) {
        self.text.clear();
        self.ranges.clear();
    }

    /// The cell of a column; none if the row hasn't got it.
    pub fn get(&self, column: usize) -> Option<&str> {
        let range = self.ranges.get(column)?.clone()?;
        self.text.get(range)
    }

    /// Columns up to the last one of which there is a cell.
    pub fn len(&self) -> usize {
        self.ranges.len()
    }

    /// The cells in the order of the columns.
    pub fn iter(&self) -> impl Iterator<Item = Option<&str>> {
        self.ranges.iter().map(|range| self.text.get(range.clone()?))
    }

    /// Take a row's cells out of one text, cut at `ends`.
    pub fn set(&mut self, text: &str, ends: &[usize]) {
        self.clear();
        self.text.push_str(text);
        let mut start = 0;
        for &end in ends {
            self.ranges.push(Some(start..end));
            start = end;
        }
    }

    /// Have one column's cell written; it stays none if `write` says false. The last one written counts.
    pub fn write<E>(&mut self, column: usize, write: impl FnOnce(&mut String) -> Result<bool, E>) -> Result<(), E> {
        let start = self.text.len();
        let has_value = write(&mut self.text)?;
        if self.ranges.len() <= column {
            self.ranges.resize(column + 1, None);
        }
        self.ranges[column] = has_value.then_some(start..self.text.len());
        Ok(())
    }
}
