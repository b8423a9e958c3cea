//! The current pairs, and how they are sent to be shown.

use sbert::corpus::{Corpus, Split};
use sbert::import::ImportReport;

use super::{Lab, LoadedCorpus};
use crate::Platform;
use crate::protocol::{CorpusInfo, Event, Failure};

/// Pairs in a message: a hundred thousand in one would hold up the page for a second.
const PAIRS_PER_MESSAGE: usize = 2_000;

impl<P: Platform> Lab<P> {
    /// Make an imported corpus the current one.
    pub(super) fn take_corpus(
        &mut self,
        request: u32,
        name: String,
        score_range: [f64; 2],
        corpus: Corpus,
        report: ImportReport,
    ) -> Result<(), Failure> {
        // A run may have begun since the request.
        self.refuse_during_run("Pairs can't be loaded")?;
        for records in corpus.records.chunks(PAIRS_PER_MESSAGE) {
            self.host.send(Event::CorpusRows { request, pairs: records.to_vec() });
        }
        self.host.send(Event::CorpusLoaded { request, corpus: info_of(&name, score_range, &corpus, report) });
        self.corpus = Some(LoadedCorpus { name, corpus });
        Ok(())
    }
}

fn info_of(name: &str, score_range: [f64; 2], corpus: &Corpus, report: ImportReport) -> CorpusInfo {
    let mut class_counts = vec![[0; 2]; corpus.classes.len()];
    for record in &corpus.records {
        let is_held_out = usize::from(record.split == Some(Split::HeldOut));
        if let Some(counts) = record.label.and_then(|label| class_counts.get_mut(label)) {
            counts[is_held_out] += 1;
        }
    }
    CorpusInfo {
        name: name.to_owned(),
        classes: corpus.classes.clone(),
        n_pairs: corpus.records.len(),
        n_held_out: corpus.of_split(Split::HeldOut).count(),
        class_counts,
        n_scored: corpus.records.iter().filter(|record| record.score.is_some()).count(),
        score_range,
        report,
    }
}
