//! How much a kind may hold. Every limit is refused with a fault that names it (KIND-8).

/// Bytes of one file.
pub const KIND_FILE_BYTES: usize = 256 * 1024;
/// Kinds in force together: of the packs and of the unit.
pub const KINDS: usize = 200;
/// Fields of a kind.
pub const FIELDS: usize = 40;
/// States of a kind.
pub const STATES: usize = 20;
/// Moves of a kind.
pub const MOVES: usize = 40;
/// Clocks of a kind.
pub const CLOCKS: usize = 4;
/// Series of a kind.
pub const SERIES: usize = 4;
/// Columns of a table, and of a printed list.
pub const COLUMNS: usize = 12;
/// Options of a choice.
pub const OPTIONS: usize = 60;
/// Printed forms of a kind.
pub const FORMS: usize = 8;
/// Columns of a kind's list.
pub const LISTED: usize = 8;
/// Fields by which a list can be filtered.
pub const FILTERS: usize = 3;
/// Reminders of a clock or series.
pub const REMINDERS: usize = 4;
/// Records that one move opens.
pub const OPENINGS: usize = 4;
/// Steps of an escalation.
pub const ESCALATIONS: usize = 4;
/// Entries of any other list: people, moves, fields, rules, rows.
pub const ENTRIES: usize = 60;
/// Originals that are printed of a form.
pub const ORIGINALS: i64 = 20;
/// Characters of one text for people, in one language.
pub const KIND_TEXT_CHARS: usize = 600;
/// Bytes of a name or an id.
pub const NAME_BYTES: usize = 32;
/// Capital letters before the year of a number.
pub const NUMBER_LETTERS: std::ops::RangeInclusive<usize> = 2..=6;
/// Faults that are told of one file; the rest shows once these are gone.
pub const FAULTS: usize = 200;

/// Characters of a text of one line, where its field says nothing.
pub const LINE_CHARS: i64 = 200;
/// Characters of a text of more lines, where its field says nothing.
pub const BOX_CHARS: i64 = 4_000;
/// Characters of a text, at most.
pub const TEXT_CHARS: i64 = 20_000;
/// Lines of a text's box on the page, at most.
pub const BOX_LINES: i64 = 40;
/// Attachments of a field, where it says nothing, and at most.
pub const ATTACHED: i64 = 10;
pub const ATTACHED_MOST: i64 = 50;
/// Rows of a table, where its field says nothing, and at most.
pub const ROWS: i64 = 100;
pub const ROWS_MOST: i64 = 1_000;
/// People or units of a field, where it says nothing, and at most.
pub const NAMED: i64 = 500;
pub const NAMED_MOST: i64 = 5_000;
/// Characters of a text in a cell of a table.
pub const CELL_CHARS: usize = 400;
/// Bytes of one value as somebody typed it.
pub const TYPED_BYTES: usize = 1 << 20;
