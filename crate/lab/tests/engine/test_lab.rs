//! A lab that a test gives commands to.

use std::cell::Cell;
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};

use sbert::import::ImportPlan;
use sbert::infer::{ScoreChange, Scores};
use sbert::train::{FreezeStrategy, StepReport, TrainConfig};
use sbert_lab::protocol::{
    Backend, Command, Event, ExportKind, Failure, FailureKind, ModelSource, Moment, PairFile, RunCheckpoint, SourceFile,
};
use sbert_lab::{Host, Lab};
use sha2::{Digest, Sha256};

use crate::test_platform::{MemoryFile, TestPlatform};

/// Seconds that pass each time the engine looks at its clock: a step takes a quarter of a second or more.
const TICK_SECS: f64 = 0.25;
/// More units of work than any run here has.
const MAX_UNITS: usize = 1_000;
/// Most bytes that one event of an export may carry.
const MAX_PART_BYTES: usize = 4 << 20;

pub struct TestLab {
    lab: Lab<TestPlatform>,
    events: Receiver<Event>,
    n_requests: u32,
}

impl TestLab {
    /// A lab that has had no command.
    pub fn new(platform: TestPlatform) -> Self {
        let (sender, events) = channel();
        let now_secs = Cell::new(0.0);
        let clock = move || now_secs.replace(now_secs.get() + TICK_SECS);
        let sleeper = platform.clone();
        let host = Host::new(clock, move |secs| sleeper.sleep(secs), move |event| drop(sender.send(event)));
        Self { lab: Lab::new(host, platform), events, n_requests: 0 }
    }

    /// A lab on the CPU with the small model and some pairs.
    pub fn loaded() -> Self {
        Self::loaded_on(TestPlatform::default(), Backend::Flex)
    }

    pub fn loaded_on(platform: TestPlatform, backend: Backend) -> Self {
        let mut lab = Self::new(platform);
        let request = lab.number();
        lab.handle(Command::UseBackend { request, backend });
        lab.load_model(model("mean"));
        lab.load_pairs(pairs(), None);
        lab
    }

    /// A fresh number for a request.
    pub fn number(&mut self) -> u32 {
        self.n_requests += 1;
        self.n_requests
    }

    /// Handle a command; the events that follow at once.
    pub fn handle(&mut self, command: Command<MemoryFile>) -> Vec<Event> {
        pollster::block_on(self.lab.handle(command));
        self.events.try_iter().collect()
    }

    /// Do a unit of work; its events.
    pub fn work(&mut self) -> Vec<Event> {
        pollster::block_on(self.lab.work());
        self.events.try_iter().collect()
    }

    pub fn is_working(&self) -> bool {
        self.lab.is_working()
    }

    /// Work until an event is the one that is waited for, or until nothing is left to do.
    pub fn work_until(&mut self, is_last: impl Fn(&Event) -> bool) -> Vec<Event> {
        let mut events = Vec::new();
        for _ in 0..MAX_UNITS {
            if !self.is_working() || events.last().is_some_and(&is_last) {
                return events;
            }
            for event in self.work() {
                events.push(event);
            }
            if events.iter().any(&is_last) {
                return events;
            }
        }
        panic!("it never came: {} events", events.len());
    }

    pub fn work_to_end(&mut self) -> Vec<Event> {
        self.work_until(|_| false)
    }

    pub fn load_model(&mut self, source: ModelSource<MemoryFile>) -> Vec<Event> {
        let request = self.number();
        let mut events = self.handle(Command::LoadModel { request, source });
        events.extend(self.work_to_end());
        events
    }

    pub fn load_pairs(&mut self, file: PairFile<MemoryFile>, plan: Option<ImportPlan>) -> Vec<Event> {
        let request = self.number();
        let mut events = self.handle(Command::LoadCorpus { request, file, plan });
        events.extend(self.work_to_end());
        events
    }

    /// Ask for a run; returns its number and the events that follow at once.
    pub fn train(&mut self, config: TrainConfig, n_workers: usize) -> (u32, Vec<Event>) {
        let request = self.number();
        (request, self.handle(Command::Train { request, config, n_workers: Some(n_workers) }))
    }

    /// A whole run of one worker.
    pub fn run(&mut self, config: TrainConfig) -> Vec<Event> {
        let (_, mut events) = self.train(config, 1);
        events.extend(self.work_to_end());
        events
    }

    /// Export a file; its name, and its bytes as the page puts them together.
    pub fn export(&mut self, what: ExportKind) -> (String, Vec<u8>) {
        let request = self.number();
        let mut events = self.handle(Command::Export { request, what });
        events.extend(self.work_to_end());
        let mut file: Vec<u8> = Vec::new();
        for event in events {
            match event {
                Event::Exporting { start, bytes, .. } => {
                    assert!(bytes.len() <= MAX_PART_BYTES, "a part of {} bytes", bytes.len());
                    let start = start as usize;
                    file.splice(start..file.len().min(start + bytes.len()), bytes);
                }
                Event::Exported { name, .. } => return (name, file),
                other => panic!("{other:?}"),
            }
        }
        panic!("the export did not end");
    }

    /// What both models say of two sentences.
    pub fn compare(&mut self) -> Event {
        let request = self.number();
        let (sentence_a, sentence_b) = ("the cat sat".to_owned(), "a mat on cat".to_owned());
        self.handle(Command::Compare { request, sentence_a, sentence_b }).remove(0)
    }
}

/// One of the small model folders of the oracle: 2 layers of 32.
pub fn model(name: &str) -> ModelSource<MemoryFile> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/oracle/folders").join(name);
    let mut files = Vec::new();
    for path in [
        "config.json",
        "model.safetensors",
        "modules.json",
        "sentence_bert_config.json",
        "tokenizer.json",
        "tokenizer_config.json",
        "1_Pooling/config.json",
    ] {
        let bytes = std::fs::read(folder.join(path)).unwrap();
        files.push(SourceFile { path: path.to_owned(), blob: file(bytes), sha256: None });
    }
    ModelSource { name: name.to_owned(), hub: None, files, n_layers: None, random: None }
}

pub fn file(bytes: impl Into<Vec<u8>>) -> MemoryFile {
    MemoryFile(Some(Arc::new(bytes.into())))
}

/// An exported model as a file to be loaded.
pub fn zip_of((name, bytes): (String, Vec<u8>)) -> SourceFile<MemoryFile> {
    SourceFile { path: name, blob: file(bytes), sha256: None }
}

pub fn sha256(file: &MemoryFile) -> String {
    let digest = Sha256::digest(file.0.as_ref().unwrap().as_slice());
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// 24 training pairs and 8 held-out ones, with classes and scores.
pub fn pairs() -> PairFile<MemoryFile> {
    let words = ["the", "cat", "mat", "sat", "on", "café", "a", "b"];
    let mut text = "split\tsentence_a\tsentence_b\tlabel\tscore\n".to_owned();
    for n in 0..32 {
        let split = if n % 4 == 3 { "held-out" } else { "train" };
        let sentence = |start: usize, length: usize| -> String {
            (0..length)
                .map(|place| words[(start + place * (1 + start % 3)) % words.len()])
                .collect::<Vec<_>>()
                .join(" ")
        };
        let (a, b) = (sentence(n, 1 + n % 4), sentence(n * 5 + 1, 1 + n % 3));
        let label = ["yes", "no"][usize::from(n % 5 < 2)];
        text += &format!("{split}\t{a} {n}\t{b}\t{label}\t{}\n", n % 6);
    }
    PairFile { name: "pairs.tsv".to_owned(), blob: file(text) }
}

/// 12 steps: two epochs of batches of 4.
pub fn config(freeze: FreezeStrategy) -> TrainConfig {
    TrainConfig { freeze, epochs: 2, batch_size: 4, learning_rate: 1e-3, ..TrainConfig::default() }
}

/// The last of the two layers, and the head.
pub fn last_layer() -> TrainConfig {
    config(FreezeStrategy::AllButLast { n_layers: 1 })
}

pub fn reports(events: &[Event]) -> Vec<StepReport> {
    let report = |event: &Event| match event {
        Event::Stepped { report, .. } => Some(report.clone()),
        _ => None,
    };
    events.iter().filter_map(report).collect()
}

pub fn scores(events: &[Event], at: Moment) -> Option<Scores> {
    events.iter().find_map(|event| match event {
        Event::Evaluated { moment, scores, .. } if *moment == at => Some(scores.clone()),
        _ => None,
    })
}

pub fn checkpoints(events: &[Event]) -> Vec<RunCheckpoint> {
    let checkpoint = |event: &Event| match event {
        Event::Checkpointed { checkpoint, .. } => Some(checkpoint.clone()),
        _ => None,
    };
    events.iter().filter_map(checkpoint).collect()
}

/// Of a run's end: by how much the scores have changed.
pub fn changes(events: &[Event]) -> Vec<ScoreChange> {
    match events.last() {
        Some(Event::RunEnded { changes, .. }) => changes.clone(),
        other => panic!("the last event is {other:?}"),
    }
}

/// Of a run's end: whether it was stopped, and the steps done.
pub fn end(events: &[Event]) -> (bool, usize) {
    match events.last() {
        Some(Event::RunEnded { stopped, n_steps_done, .. }) => (*stopped, *n_steps_done),
        other => panic!("the last event is {other:?}"),
    }
}

/// The kinds of events, each once where it comes several times in a row.
pub fn kinds(events: &[Event]) -> Vec<&'static str> {
    let mut kinds: Vec<&str> = events
        .iter()
        .map(|event| match event {
            Event::Tokenizing { .. } => "tokenizing",
            Event::StartingWorkers { .. } => "starting workers",
            Event::RunStarted { .. } => "started",
            Event::WarmingUp { .. } => "warming up",
            Event::Evaluating { .. } => "evaluating",
            Event::Evaluated { .. } => "evaluated",
            Event::Resampling { .. } => "resampling",
            Event::Stepped { .. } => "stepped",
            Event::Checkpointed { .. } => "saved",
            Event::Paused { .. } => "paused",
            Event::Resumed { .. } => "resumed",
            Event::WorkersLost { .. } => "workers lost",
            Event::RunEnded { .. } => "ended",
            Event::Failed { .. } => "failed",
            _ => "other",
        })
        .collect();
    kinds.dedup();
    kinds
}

/// The one failure among the events must carry this number.
pub fn failure(events: &[Event], number: u32) -> Failure {
    match events {
        [Event::Failed { request, failure }] => {
            assert_eq!(*request, Some(number), "{failure:?}");
            assert!(!failure.message.is_empty() && !failure.remedy.is_empty());
            failure.clone()
        }
        other => panic!("{other:?} instead of a failure of {number}"),
    }
}

pub fn refused(events: &[Event], number: u32, kind: FailureKind, message: &str) {
    let failure = failure(events, number);
    assert_eq!(failure.kind, kind, "{failure:?}");
    assert!(failure.message.contains(message), "{failure:?}");
}
