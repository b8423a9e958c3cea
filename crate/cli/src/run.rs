//! A run of the engine, with its progress on the terminal.

use std::fs::File;
use std::future::pending;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::sync::mpsc::channel;
use std::time::Instant;

use anyhow::{Context, Result};
use indicatif::ProgressBar;
use sbert::card::TrainingRecord;
use sbert::model::SentencePairModel;
use sbert_lab::Host;
use sbert_lab::protocol::Event;
use sbert_lab::replicas::{Group, NoPort};
use sbert_lab::run::{Run, RunParts};

use crate::evaluate::progress_bar;

/// Score, train and score again, with a progress bar, and one JSON line a step in the file `trace`.
/// Returns the trained model and what the run was.
///
/// # Errors
/// What ended the run, or if the file can't be written.
pub async fn train_and_score(parts: RunParts, trace: Option<&Path>) -> Result<(SentencePairModel, TrainingRecord)> {
    let create = |path: &Path| File::create(path).with_context(|| format!("can't write {}", path.display()));
    let trace = trace.map(create).transpose()?.map(BufWriter::new);
    let mut progress = Progress { bar: ProgressBar::hidden(), unit: "", trace };
    let (sender, events) = channel();
    let start = Instant::now();
    // The receiver lives as long as the run.
    let now_secs = move || start.elapsed().as_secs_f64();
    // There are no other replicas, whose silence would have a limit.
    let host = Host::new(now_secs, |_| Box::pin(pending()), move |event| drop(sender.send(event)));
    let mut run = Run::<NoPort>::new(host, parts, None);
    run.start(Group::alone(), None);
    loop {
        let has_more = run.advance().await?;
        events.try_iter().try_for_each(|event| progress.show(event))?;
        if !has_more {
            return Ok((run.model(), run.record()));
        }
    }
}

struct Progress {
    bar: ProgressBar,
    /// What the bar counts.
    unit: &'static str,
    trace: Option<BufWriter<File>>,
}

impl Progress {
    fn show(&mut self, event: Event) -> Result<()> {
        match event {
            Event::Evaluating { n_done, n_total, .. } => self.set_position("sentences", n_done, n_total),
            Event::Resampling { n_done, n_total, .. } => {
                self.set_position("draws of the held-out pairs", n_done, n_total)
            }
            Event::Stepped { report, .. } => {
                self.set_position("steps", report.step, report.n_steps);
                self.bar.set_message(format!("loss {:.3}", report.loss));
                if let Some(trace) = &mut self.trace {
                    serde_json::to_writer(&mut *trace, &report)?;
                    writeln!(trace)?;
                }
            }
            Event::RunEnded { .. } => {
                self.bar.finish_and_clear();
                if let Some(trace) = &mut self.trace {
                    trace.flush()?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn set_position(&mut self, unit: &'static str, n_done: usize, n_total: usize) {
        if self.unit != unit {
            self.bar.finish_and_clear();
            self.bar = progress_bar(n_total, unit);
            self.unit = unit;
        }
        self.bar.set_position(n_done as u64);
    }
}
