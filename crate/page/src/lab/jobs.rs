//! What takes a while and can be given up: a model's files, a file of pairs. Done a piece at a time, in the order in which
//! it was asked for, so that the visitor is heard in between.

use sbert::corpus::{HeldOut, ImportPass, ImportPlan, InspectionPass};

use super::Lab;
use super::verify::Verification;
use crate::blob::BlobReader;
use crate::port::post;
use crate::protocol::{Event, Failure, ModelSource, PairFile};

/// Rows that are read between two turns of the event loop: some tens of milliseconds of work.
const ROWS_PER_PIECE: usize = 2_000;

/// Something to do for a request.
pub(super) struct Job {
    pub request: u32,
    pub work: Work,
}

pub(super) enum Work {
    /// Compare the files with their hashes, then make a model of them.
    Model(Box<(ModelSource, Verification)>),
    /// Look through a file of pairs.
    Inspect(Box<InspectionPass<BlobReader>>),
    /// Take the pairs of a file. Without a plan the file itself has to say what it is: see [`plan_of_itself`].
    InspectThenImport { file: PairFile, pass: Box<InspectionPass<BlobReader>> },
    /// Take the pairs of a file.
    Import { name: String, score_range: [f64; 2], pass: Box<ImportPass<BlobReader>> },
}

impl Work {
    pub fn of_model(source: ModelSource) -> Self {
        let verification = Verification::of(&source.files);
        Self::Model(Box::new((source, verification)))
    }

    pub fn inspect(file: PairFile) -> Result<Self, Failure> {
        Ok(Self::Inspect(inspection_of(&file)?))
    }

    pub fn import(file: PairFile, plan: Option<ImportPlan>) -> Result<Self, Failure> {
        let Some(plan) = plan else {
            let pass = inspection_of(&file)?;
            return Ok(Self::InspectThenImport { file, pass });
        };
        let reader = BlobReader::new(file.blob);
        let score_range = plan.score_range;
        let pass = ImportPass::new(&file.name, reader.n_bytes(), reader, plan)?;
        Ok(Self::Import { name: file.name, score_range, pass: Box::new(pass) })
    }
}

fn inspection_of(file: &PairFile) -> Result<Box<InspectionPass<BlobReader>>, Failure> {
    let reader = BlobReader::new(file.blob.clone());
    Ok(Box::new(InspectionPass::new(&file.name, reader.n_bytes(), reader)?))
}

/// Whoever hands over a file without a plan vouches for it: a bad row is a fault of the file, and what it doesn't hold out
/// isn't held out.
fn plan_of_itself(guess: ImportPlan) -> ImportPlan {
    let held_out = match guess.held_out {
        HeldOut::ByColumn => HeldOut::ByColumn,
        _ => HeldOut::Nothing,
    };
    ImportPlan { held_out, bad_rows: sbert::corpus::BadRows::Refuse, drop_duplicates: false, ..guess }
}

impl Lab {
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

    /// Give up a job; what is done already has had its reply.
    pub(super) fn cancel(&mut self, request: u32) {
        let n_jobs = self.jobs.len();
        self.jobs.retain(|job| job.request != request);
        if self.jobs.len() < n_jobs {
            post(&Event::Failed { request: Some(request), failure: Failure::cancelled() });
        }
    }

    /// One piece of a job; none if that was its last.
    async fn advance(&mut self, job: Job) -> Result<Option<Job>, Failure> {
        let Job { request, work } = job;
        let go_on = |work| Ok(Some(Job { request, work }));
        match work {
            Work::Model(mut load) => {
                let (source, verification) = &mut *load;
                if verification.advance(request, &source.files)? {
                    return go_on(Work::Model(load));
                }
                let (source, verification) = *load;
                self.load_model(request, source, verification.n_bytes()).await?;
            }
            Work::Inspect(mut pass) => {
                let goes_on = pass.advance(ROWS_PER_PIECE)?;
                post(&Event::ReadingRows { request, n_rows: pass.n_rows(), fraction: pass.fraction() });
                if goes_on {
                    return go_on(Work::Inspect(pass));
                }
                post(&Event::PairsInspected { request, inspection: pass.finish()? });
            }
            Work::InspectThenImport { file, mut pass } => {
                if pass.advance(ROWS_PER_PIECE)? {
                    return go_on(Work::InspectThenImport { file, pass });
                }
                let inspection = pass.finish()?;
                if let Some(question) = inspection.question {
                    return Err(sbert::Error::Corpus { problem: format!("{}: {question}", file.name) }.into());
                }
                return go_on(Work::import(file, Some(plan_of_itself(inspection.plan)))?);
            }
            Work::Import { name, score_range, mut pass } => {
                let goes_on = pass.advance(ROWS_PER_PIECE)?;
                post(&Event::ReadingRows { request, n_rows: pass.n_rows(), fraction: pass.fraction() });
                if goes_on {
                    return go_on(Work::Import { name, score_range, pass });
                }
                let (corpus, report) = pass.finish()?;
                self.take_corpus(request, name, score_range, corpus, report)?;
            }
        }
        Ok(None)
    }
}
