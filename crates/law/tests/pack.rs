//! The packs in the box, and what is refused. Texts of faults are those of the locale files.

use anlan_base::text::Lang;
use anlan_law::pack::{Lawbook, lint};
use anlan_law::shipped::FILES;

fn show(faults: &[anlan_law::Fault]) -> String {
    faults
        .iter()
        .map(|fault| format!("{}:{} {}: {} → {}\n", fault.file, fault.line, fault.key, fault.what(Lang::En), fault.remedy(Lang::En)))
        .collect()
}

// LAWPACK-1
#[test]
fn the_packs_in_the_box_are_sound() {
    let faults = lint(FILES);
    assert!(faults.is_empty(), "{}", show(&faults));
}
