//! Files of pairs that are imported without anybody looking at them.

use sbert::import::{BadRows, HeldOut, ImportPlan};

/// The plan for a file that has to be right as it is: its first bad row refuses it, duplicates are kept, and pairs are held
/// out only where a column says so.
pub fn strict_plan(guess: ImportPlan) -> ImportPlan {
    let held_out = if guess.split.is_some() { HeldOut::ByColumn } else { HeldOut::Nothing };
    ImportPlan { held_out, bad_rows: BadRows::Refuse, drop_duplicates: false, ..guess }
}
