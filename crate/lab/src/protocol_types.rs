//! `web/src/protocol.ts`, generated from the protocol's Rust types, and the first event for the tests of the page.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking, in its helpers too")]

use std::fmt::Write;
use std::path::Path;

use sbert::corpus::{PairRecord, Split};
use sbert::encoder::Pooling;
use sbert::import::{
    BadRows, ColumnSummary, FileFormat, HeldOut, ImportPlan, ImportReport, Inspection, RowExample, RowFault,
    SkippedRows, TextEncoding,
};
use sbert::infer::{Comparison, ConfusionMatrix, Correlation, Predictions, ScoreChange, ScoreName, Scores};
use sbert::objective::{Label, ObjectiveInfo};
use sbert::pretrained::RandomModel;
use sbert::train::{
    FreezeInfo, FreezeStrategy, LossWeight, Setting, StepReport, TrainConfig, TrainableCounts, TrainedLayers,
    TrainedParts, ValueRange,
};
use ts_rs::{Config, TS};

use crate::protocol::*;

fn typescript() -> String {
    let config = Config::default();
    let mut text = "// Generated from crate/lab/src/protocol.rs by its test; do not edit.\n".to_owned();
    let mut declare = |docs: Option<String>, declaration: String| {
        let _ = write!(text, "\n{}export {declaration}\n", docs.unwrap_or_default());
    };
    macro_rules! declare {
        ($($name:ty),* $(,)?) => { $(declare(<$name>::docs(), <$name>::decl(&config));)* };
    }
    declare!(
        Command<()>,
        Event,
        Backend,
        BackendInfo,
        AdapterInfo,
        Refusal,
        RefusalKind,
        RunCheckpoint,
        RunEstimate,
        SentenceEmbeddings,
        Moment,
        ModelSource<()>,
        HubModel,
        SourceFile<()>,
        RandomModel,
        PairFile<()>,
        ExportKind,
        ModelInfo,
        Pooling,
        CorpusInfo,
        PairRecord,
        Split,
        Inspection,
        FileFormat,
        TextEncoding,
        ColumnSummary,
        ImportPlan,
        HeldOut,
        BadRows,
        ImportReport,
        SkippedRows,
        RowFault,
        RowExample,
        Comparison,
        Failure,
        FailureKind,
        TrainConfig,
        FreezeStrategy,
        FreezeInfo,
        TrainedParts,
        TrainedLayers,
        Setting,
        ValueRange,
        LossWeight,
        TrainableCounts,
        ObjectiveInfo,
        Label,
        StepReport,
        Scores,
        ConfusionMatrix,
        Correlation,
        Predictions,
        ScoreChange,
        ScoreName,
    );
    // A comment of one line takes one line.
    text.replace("/**\n * ", "/** ").replace("\n */", " */")
}

/// The first event as a worker sends it, for the tests of the page.
fn first_event() -> String {
    format!(
        "// Generated from `Event::ready` of crate/lab/src/protocol.rs by a test; do not edit.\n\
         import type {{ Event }} from \"../src/protocol\";\n\n\
         export const READY: Extract<Event, {{ kind: \"ready\" }}> = {};\n",
        serde_json::to_string_pretty(&Event::ready()).unwrap()
    )
}

#[test]
fn the_pages_types_are_the_workers() {
    check_generated("web/src/protocol.ts", &typescript());
}

#[test]
fn the_pages_tests_have_the_settings_of_the_worker() {
    check_generated("web/test/ready.ts", &first_event());
}

fn check_generated(file: &str, generated: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(file);
    if std::env::var_os("UPDATE_PROTOCOL").is_some() {
        std::fs::write(&path, generated).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap();
    assert!(committed == generated, "{file} is out of date: run UPDATE_PROTOCOL=1 cargo test --release -p sbert-lab");
}
