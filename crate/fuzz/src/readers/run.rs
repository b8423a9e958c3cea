//! `run.json` of an exported run.

use sbert::recipe::RunFile;

pub fn read(bytes: &[u8]) -> bool {
    let Ok(run) = RunFile::from_json("run.json", bytes) else { return false };
    // What is taken is what is written.
    assert!(RunFile::from_json("run.json", run.to_json().as_bytes()).is_ok_and(|again| again == run));
    true
}
