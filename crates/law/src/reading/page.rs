//! A page as it stands: its characters, and the line and column of each.

/// A position in the source: line and column from 1, in characters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    pub line: usize,
    pub column: usize,
}

/// The characters of a file with the starts of its lines.
#[derive(Debug, Default)]
pub(super) struct Page {
    pub chars: Vec<char>,
    /// Index of the first character of each line.
    starts: Vec<u32>,
}

impl Page {
    pub fn new(text: &str) -> Self {
        let chars: Vec<char> = text.chars().collect();
        let mut starts = vec![0];
        for (at, c) in (0_u32..).zip(&chars) {
            if *c == '\n' {
                starts.push(at + 1);
            }
        }
        Self { chars, starts }
    }

    /// Line and column of a character.
    pub fn place(&self, at: u32) -> Place {
        let line = self.starts.partition_point(|start| *start <= at);
        let start = line.checked_sub(1).and_then(|line| self.starts.get(line)).copied().unwrap_or(0);
        Place { line: line.max(1), column: (at - start) as usize + 1 }
    }

    /// The lines as ranges of [`Self::chars`], without their line feeds.
    pub fn lines(&self) -> impl Iterator<Item = std::ops::Range<usize>> {
        let ends = self.starts.iter().skip(1).map(|next| *next as usize - 1).chain([self.chars.len()]);
        self.starts.iter().map(|start| *start as usize).zip(ends).map(|(start, end)| start..end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_count_from_one_in_characters() {
        let page = Page::new("一二\n\n三x\n");
        let places: Vec<(usize, usize)> = [0, 1, 2, 3, 4, 5].map(|at| page.place(at)).map(|p| (p.line, p.column)).to_vec();
        assert_eq!(places, [(1, 1), (1, 2), (1, 3), (2, 1), (3, 1), (3, 2)]);
        assert_eq!(page.lines().count(), 4);
    }
}
