//! Pairs in: files as people have them, through inspection, plan and import.
#![allow(clippy::unwrap_used, reason = "clippy takes the functions that the tests share for shipped code")]

mod faults;
mod layouts;
mod robustness;

use sbert::Error;
use sbert::corpus::Corpus;
use sbert::import::{ImportPass, ImportPlan, ImportReport, Inspection, InspectionPass};

fn inspect(file: &str, bytes: &[u8]) -> Result<Inspection, Error> {
    InspectionPass::new(file, bytes.len() as u64, bytes)?.finish()
}

fn import(file: &str, bytes: &[u8], plan: &ImportPlan) -> Result<(Corpus, ImportReport), Error> {
    ImportPass::new(file, bytes.len() as u64, bytes, plan.clone())?.finish()
}

/// Inspect, confirm whatever was guessed, import.
fn load(file: &str, text: &str) -> (Inspection, Corpus, ImportReport) {
    let inspection = inspect(file, text.as_bytes()).unwrap();
    assert_eq!(inspection.question, None, "{file}");
    let (corpus, report) = import(file, text.as_bytes(), &inspection.plan).unwrap();
    (inspection, corpus, report)
}
