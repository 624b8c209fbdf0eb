//! The bar of a device: one cell a day of its term. Covered, silent, lost and before differ in height and place, not only in colour.

use std::fmt::Write as _;

use anlan_assure::assess::coverage::Cell;
use anlan_base::Day;

/// Width of a day in the picture; the stylesheet's dashes cut runs into days.
const CELL: u32 = 3;

/// Strokes by what they mean, and how many days each is.
#[derive(Default)]
pub(crate) struct Bar {
    pub(crate) width: u32,
    pub(crate) before: String,
    pub(crate) covered: String,
    pub(crate) silent: String,
    pub(crate) lost: String,
    pub(crate) days: Days,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Days {
    pub(crate) covered: u32,
    pub(crate) silent: u32,
    pub(crate) lost: u32,
    pub(crate) before: u32,
}

impl Bar {
    pub(crate) fn new(cells: &[(Day, Cell)]) -> Self {
        let mut bar = Self::default();
        for run in cells.chunk_by(|a, b| a.1 == b.1) {
            let days = u32::try_from(run.len()).unwrap_or(u32::MAX);
            let (from, to) = (bar.width, bar.width.saturating_add(days.saturating_mul(CELL)));
            if let Some((_, cell)) = run.first() {
                bar.stroke(*cell, days, from, to);
            }
            bar.width = to;
        }
        bar
    }

    fn stroke(&mut self, cell: Cell, days: u32, from: u32, to: u32) {
        let (path, y) = match cell {
            Cell::Covered => {
                self.days.covered += days;
                (&mut self.covered, 9)
            }
            Cell::Silent => {
                self.days.silent += days;
                (&mut self.silent, 14)
            }
            Cell::Lost => {
                self.days.lost += days;
                (&mut self.lost, 5)
            }
            Cell::Before | Cell::Open => {
                self.days.before += days;
                (&mut self.before, 9)
            }
        };
        let _ = write!(path, "M{from} {y}H{to}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_day_is_a_cell_and_each_meaning_a_stroke() {
        use Cell::{Before, Covered, Lost, Open, Silent};
        let cells = [Before, Covered, Covered, Silent, Lost, Covered, Open];
        let cells: Vec<_> = (0..).map(Day).zip(cells).collect();
        let bar = Bar::new(&cells);
        assert_eq!(bar.width, 21);
        assert_eq!((bar.covered.as_str(), bar.silent.as_str(), bar.lost.as_str()), ("M3 9H9M15 9H18", "M9 14H12", "M12 5H15"));
        assert_eq!(bar.before, "M0 9H3M18 9H21");
        assert_eq!(bar.days, Days { covered: 3, silent: 1, lost: 1, before: 2 });
        assert_eq!(Bar::new(&[]).width, 0);
    }
}
