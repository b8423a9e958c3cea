//! `web/src/protocol.ts`, generated from the protocol's Rust types.

use std::fmt::Write;
use std::path::Path;

use sbert::encoder::Pooling;
use sbert::import::{
    BadRows, ColumnSummary, FileFormat, HeldOut, ImportPlan, ImportReport, Inspection, RowExample, RowFault,
    SkippedRows, TextEncoding,
};
use sbert::infer::{ConfusionMatrix, Correlation, Scores};
use sbert::objective::{Label, ObjectiveInfo};
use sbert::pretrained::RandomModel;
use sbert::train::{
    FreezeInfo, FreezeStrategy, StepReport, TrainConfig, TrainableCounts, TrainedLayers, TrainedParts,
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
        PairInfo,
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
        TrainableCounts,
        ObjectiveInfo,
        Label,
        StepReport,
        Scores,
        ConfusionMatrix,
        Correlation,
    );
    text
}

#[test]
fn the_pages_types_are_the_workers() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../web/src/protocol.ts");
    let generated = typescript();
    if std::env::var_os("UPDATE_PROTOCOL").is_some() {
        std::fs::write(&path, &generated).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap();
    assert!(
        committed == generated,
        "web/src/protocol.ts is out of date: run UPDATE_PROTOCOL=1 cargo test --workspace -- the_pages_types"
    );
}
