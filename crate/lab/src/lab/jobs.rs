//! Jobs: requests that take a while and can be cancelled. They are done in the order of the requests, a piece at a time, so
//! that commands are handled in between.

use sbert::import::{ImportPass, ImportPlan, InspectionPass, TextEncoding};
use sbert::infer::PairedBootstrap;
use sbert::pretrained::FileBytes;

use super::Lab;
use super::embed::Embedding;
use super::export::Export;
use super::model::ModelReading;
use super::preparation::Preparation;
use super::verify::Verification;
use crate::Platform;
use crate::file_reader::FileReader;
use crate::protocol::{Event, Failure, ModelSource, PairFile};
use crate::strict::strict_plan;

/// Rows that are read before commands are handled again: some tens of milliseconds of work.
const ROWS_PER_PIECE: usize = 2_000;

/// Something to do for a request.
pub(super) struct Job<F: FileBytes> {
    pub request: u32,
    pub work: Work<F>,
}

pub(super) enum Work<F: FileBytes> {
    /// Compare the files of a model with their hashes.
    Verify(Box<(ModelSource<F>, Verification)>),
    /// Make a model of them.
    Model(Box<ModelReading>),
    /// Write a file to take away.
    Export(Box<Export>),
    /// Prepare a run, then start it.
    Run(Box<Preparation>),
    /// Look through a file of pairs.
    Inspect(Box<InspectionPass<FileReader<F>>>),
    /// Import the pairs of a file that comes without a plan: see [`strict_plan`].
    InspectThenImport { file: PairFile<F>, pass: Box<InspectionPass<FileReader<F>>> },
    /// Import the pairs of a file.
    Import { name: String, score_range: [f64; 2], pass: Box<ImportPass<FileReader<F>>> },
    /// Compare the models of two runs.
    Compare(Box<PairedBootstrap>),
    /// Encode sentences.
    Embed(Box<Embedding>),
}

impl<F: FileBytes + Clone> Work<F> {
    pub fn of_model(source: ModelSource<F>) -> Self {
        let verification = Verification::of(&source.files);
        Self::Verify(Box::new((source, verification)))
    }

    pub fn inspect(file: PairFile<F>, encoding: Option<TextEncoding>) -> Result<Self, Failure> {
        Ok(Self::Inspect(inspection_of(&file, encoding)?))
    }

    pub fn import(file: PairFile<F>, plan: Option<ImportPlan>) -> Result<Self, Failure> {
        let Some(plan) = plan else {
            let pass = inspection_of(&file, None)?;
            return Ok(Self::InspectThenImport { file, pass });
        };
        let reader = FileReader::new(file.blob);
        let score_range = plan.score_range;
        let pass = ImportPass::new(&file.name, reader.n_bytes(), reader, plan)?;
        Ok(Self::Import { name: file.name, score_range, pass: Box::new(pass) })
    }
}

fn inspection_of<F: FileBytes + Clone>(
    file: &PairFile<F>,
    encoding: Option<TextEncoding>,
) -> Result<Box<InspectionPass<FileReader<F>>>, Failure> {
    let reader = FileReader::new(file.blob.clone());
    Ok(Box::new(InspectionPass::with_encoding(&file.name, reader.n_bytes(), reader, encoding)?))
}

impl<P: Platform> Lab<P> {
    /// Do the next piece of the oldest job, if there is one.
    pub(super) async fn advance_job(&mut self) {
        let Some(job) = self.jobs.pop_front() else { return };
        let request = job.request;
        match self.advance(job).await {
            Ok(Some(unfinished)) => self.jobs.push_front(unfinished),
            Ok(None) => {}
            Err(failure) => self.fail(request, failure).await,
        }
    }

    /// Cancel a job; a request that has had its reply is none.
    pub(super) fn cancel(&mut self, request: u32) {
        let n_jobs = self.jobs.len();
        self.jobs.retain(|job| job.request != request);
        if self.jobs.len() < n_jobs {
            self.host.send(Event::Failed { request: Some(request), failure: Failure::cancelled() });
        }
    }

    /// Do one piece of a job; returns what is left of it, or none after the last piece.
    async fn advance(&mut self, job: Job<P::File>) -> Result<Option<Job<P::File>>, Failure> {
        let Job { request, work } = job;
        let unfinished = |work| Ok(Some(Job { request, work }));
        match work {
            Work::Verify(mut load) => {
                let (source, verification) = &mut *load;
                if verification.advance(&self.host, request, &source.files)? {
                    return unfinished(Work::Verify(load));
                }
                let (source, verification) = *load;
                let reading = self.begin_model(request, source, verification.n_bytes()).await?;
                return unfinished(Work::Model(Box::new(reading)));
            }
            Work::Model(mut reading) => {
                if reading.advance(&self.host, request)? {
                    return unfinished(Work::Model(reading));
                }
                self.take_model(request, *reading)?;
            }
            Work::Export(mut export) => {
                if export.advance(&self.host, request).await? {
                    return unfinished(Work::Export(export));
                }
                export.finish(&self.host, request)?;
            }
            Work::Run(mut preparation) => {
                if self.tokenize_for(request, &mut preparation)? {
                    return unfinished(Work::Run(preparation));
                }
                self.start_run(request, *preparation)?;
            }
            Work::Inspect(mut pass) => {
                let has_more = pass.advance(ROWS_PER_PIECE)?;
                self.host.send(Event::ReadingRows { request, n_rows: pass.n_rows(), fraction: pass.fraction() });
                if has_more {
                    return unfinished(Work::Inspect(pass));
                }
                self.host.send(Event::PairsInspected { request, inspection: pass.finish()? });
            }
            Work::InspectThenImport { file, mut pass } => {
                if pass.advance(ROWS_PER_PIECE)? {
                    return unfinished(Work::InspectThenImport { file, pass });
                }
                let inspection = pass.finish()?;
                if let Some(question) = inspection.question {
                    return Err(sbert::Error::Corpus { problem: format!("{}: {question}", file.name) }.into());
                }
                return unfinished(Work::import(file, Some(strict_plan(inspection.plan)))?);
            }
            Work::Import { name, score_range, mut pass } => {
                let has_more = pass.advance(ROWS_PER_PIECE)?;
                self.host.send(Event::ReadingRows { request, n_rows: pass.n_rows(), fraction: pass.fraction() });
                if has_more {
                    return unfinished(Work::Import { name, score_range, pass });
                }
                let (corpus, report) = pass.finish()?;
                self.take_corpus(request, name, score_range, corpus, report)?;
            }
            Work::Compare(mut bootstrap) => {
                if bootstrap.advance() {
                    return unfinished(Work::Compare(bootstrap));
                }
                self.host.send(Event::PredictionsCompared { request, changes: bootstrap.finish() });
            }
            Work::Embed(mut embedding) => {
                if self.advance_embedding(request, &mut embedding).await? {
                    return unfinished(Work::Embed(embedding));
                }
                embedding.finish(&self.host, request);
            }
        }
        Ok(None)
    }
}
