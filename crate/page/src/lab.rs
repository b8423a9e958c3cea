//! What is loaded and what is running, and how commands change it.

use burn::module::Module;
use sbert::corpus::{Corpus, PairTable, ReadOptions, Split, read_pairs};
use sbert::encoder::SentenceEncoder;
use sbert::model::SentencePairModel;
use sbert::session::{Evaluation, Session, TrainConfig, compare};
use sbert::text::{MAX_SEQ_LENGTH, TextTokenizer};
use sbert::weights::{
    CONFIG_FILE, POOLING_FILE, TOKENIZER_FILE, WEIGHTS_FILE, check_pooling, load_encoder, parse_config,
};

use crate::crew::size::{MAX_WORKERS, Machine, RunSize};
use crate::crew::{Assembly, JoinParts};
use crate::device::{self, Compute, N_PREPARATIONS};
use crate::fetch::{self, Incoming};
use crate::port::post;
use crate::protocol::{
    Command, Comparison, CorpusInfo, Event, Failure, FailureKind, ModelInfo, PairInfo, RunCheckpoint,
};
use crate::run::{Run, RunParts};

/// The worker's whole state.
pub struct Lab {
    compute: Compute,
    model: Option<Model>,
    corpus: Option<Corpus>,
    /// The run in progress.
    pub run: Option<Run>,
    /// The model that the last run has trained.
    trained: Option<SentencePairModel>,
    /// Seed of the untrained head: the last run's, so that before and after start from the same one.
    head_seed: u64,
}

/// A loaded model folder.
struct Model {
    encoder: SentenceEncoder,
    /// The folder's `config.json`, which the other workers of a run need too.
    config_json: String,
    tokenizer: TextTokenizer,
}

impl Lab {
    /// An empty lab.
    pub fn new(compute: Compute) -> Self {
        Self {
            compute,
            model: None,
            corpus: None,
            run: None,
            trained: None,
            head_seed: u64::from(TrainConfig::default().seed),
        }
    }

    /// Carry out one command, telling the page what came of it.
    pub async fn obey(&mut self, command: Command) {
        let request = match &command {
            Command::UseBackend { request, .. }
            | Command::Continue { request, .. }
            | Command::LoadModel { request, .. }
            | Command::LoadCorpus { request, .. }
            | Command::Train { request, .. }
            | Command::Compare { request, .. } => *request,
            Command::Pause { run } | Command::Resume { run } | Command::Stop { run } => *run,
        };
        let result = match command {
            Command::UseBackend { .. } => {
                Err(Failure::untimely("The worker has its backend.", "Start another worker for another backend."))
            }
            Command::LoadModel { request, url } => self.load_model(request, &url).await,
            Command::LoadCorpus { request, url } => self.load_corpus(request, &url).await,
            Command::Train { request, config, n_workers } => self.start_run(request, config, n_workers),
            Command::Continue { request, checkpoint, n_workers } => self.continue_run(request, checkpoint, n_workers),
            Command::Compare { request, sentence_a, sentence_b } => {
                self.compare(request, &sentence_a, &sentence_b).await
            }
            Command::Pause { run } => {
                self.hold(run, true);
                Ok(())
            }
            Command::Resume { run } => {
                self.hold(run, false);
                Ok(())
            }
            Command::Stop { run } => {
                if let Some(active) = self.run.as_mut().filter(|active| active.id == run) {
                    active.stop();
                }
                Ok(())
            }
        };
        if let Err(failure) = result {
            self.fail(request, failure).await;
        }
    }

    /// Tell the page of a failure, unless the GPU is to blame, whose fault is a matter of its own.
    async fn fail(&self, request: u32, failure: Failure) {
        if !self.compute.is_gpu() || failure.kind != FailureKind::Device {
            post(&Event::Failed { request: Some(request), failure });
        } else {
            // Raising the fault that the device has already told changes nothing.
            device::raise(device::fault_behind(failure.message).await);
        }
    }

    /// Do one unit of the run's work, if there is a run and it isn't held.
    pub async fn work(&mut self) {
        let Some(run) = self.run.as_mut().filter(|run| run.is_working()) else {
            return;
        };
        match run.advance().await {
            Ok(true) => {}
            Ok(false) => {
                self.trained = Some(run.model());
                self.run = None;
            }
            Err(failure) => {
                let id = run.id;
                self.run = None;
                self.fail(id, failure).await;
            }
        }
    }

    /// True if the device may fail.
    pub fn computes_on_gpu(&self) -> bool {
        self.compute.is_gpu()
    }

    /// True if there is work to do without a command.
    pub fn is_working(&self) -> bool {
        self.run.as_ref().is_some_and(Run::is_working)
    }

    /// A pause or a resume of a run that has just ended is not an error: the two crossed on their ways.
    fn hold(&mut self, run: u32, paused: bool) {
        if let Some(active) = self.run.as_mut().filter(|active| active.id == run) {
            active.hold(paused);
        }
    }

    async fn load_model(&mut self, request: u32, url: &str) -> Result<(), Failure> {
        self.refuse_during_run("A model can't be loaded")?;
        let address = |name: &str| format!("{url}/{name}");
        let weights = fetch::open(&address(WEIGHTS_FILE)).await?;
        let total_bytes = weights.total_bytes;
        let mut progress = Progress { request, total_bytes, before_bytes: 0 };
        let config_json = progress.read(CONFIG_FILE, fetch::open(&address(CONFIG_FILE)).await?).await?;
        let tokenizer_json = progress.read(TOKENIZER_FILE, fetch::open(&address(TOKENIZER_FILE)).await?).await?;
        if let Some(pooling) = fetch::open_optional(&address(POOLING_FILE)).await? {
            check_pooling(&progress.read(POOLING_FILE, pooling).await?)?;
        }
        let weights = progress.read(WEIGHTS_FILE, weights).await?;

        let config = parse_config(&config_json)?;
        let report = |n_parts| post(&Event::Preparing { request, n_done: 1 + n_parts, n_total: N_PREPARATIONS });
        let refusal = self.compute.check_model(&config, report).await.err();
        // What doesn't suit the device is loaded for the processor.
        let compute = if refusal.is_some() { Compute::cpu() } else { self.compute.clone() };
        let loaded = load_encoder(&config_json, &weights, &compute.device)?;
        let max_seq_length = MAX_SEQ_LENGTH.min(loaded.config.max_positions);
        let tokenizer = TextTokenizer::from_bytes(&tokenizer_json, loaded.config.vocab_size, max_seq_length)?;
        let name = url.rsplit('/').next().unwrap_or(url).to_owned();
        let model = ModelInfo {
            name,
            n_layers: loaded.config.n_layers,
            d_model: loaded.config.d_model,
            n_heads: loaded.config.n_heads,
            vocab_size: loaded.config.vocab_size,
            n_params: loaded.encoder.num_params(),
            ignored_tensors: loaded.ignored_tensors,
        };
        // Only now, so that a file that can't be used changes nothing.
        if let Some(refusal) = refusal {
            device::forget_faults();
            post(&Event::BackendChanged { backend: compute.info.clone(), refusal });
        }
        self.compute = compute;
        let config_json = String::from_utf8_lossy(&config_json).into_owned();
        self.model = Some(Model { encoder: loaded.encoder, config_json, tokenizer });
        self.trained = None;
        post(&Event::ModelLoaded { request, model });
        Ok(())
    }

    async fn load_corpus(&mut self, request: u32, url: &str) -> Result<(), Failure> {
        self.refuse_during_run("Pairs can't be loaded")?;
        let name = url.rsplit('/').next().unwrap_or(url).to_owned();
        let incoming = fetch::open(url).await?;
        let mut progress = Progress { request, total_bytes: incoming.total_bytes, before_bytes: 0 };
        let bytes = progress.read(&name, incoming).await?;
        let corpus = read_pairs(&name, &bytes, &ReadOptions::default())?;
        let pair = |record: &sbert::corpus::PairRecord| PairInfo {
            id: record.id.clone(),
            held_out: record.split == Some(Split::HeldOut),
            sentence_a: record.sentence_a.clone(),
            sentence_b: record.sentence_b.clone(),
            label: record.label,
            score: record.score,
        };
        let info = CorpusInfo {
            name,
            classes: corpus.classes.clone(),
            pairs: corpus.records.iter().map(pair).collect(),
            n_skipped: corpus.n_skipped,
        };
        self.corpus = Some(corpus);
        post(&Event::CorpusLoaded { request, corpus: info });
        Ok(())
    }

    fn start_run(&mut self, request: u32, config: TrainConfig, n_workers: Option<usize>) -> Result<(), Failure> {
        let (baseline, table, held_out) = self.prepare_run(u64::from(config.seed))?;
        let pad_id = self.loaded_model()?.tokenizer.pad_id();
        let session = Session::new(&baseline, table, pad_id, config)?;
        self.begin(request, Prepared { baseline, session, held_out, checkpoint: None }, n_workers)
    }

    fn continue_run(
        &mut self,
        request: u32,
        checkpoint: RunCheckpoint,
        n_workers: Option<usize>,
    ) -> Result<(), Failure> {
        let config = Session::config_of(&checkpoint.bytes)?;
        let (baseline, table, held_out) = self.prepare_run(u64::from(config.seed))?;
        let pad_id = self.loaded_model()?.tokenizer.pad_id();
        let session = Session::restore(&baseline, table, pad_id, &checkpoint.bytes)?;
        self.begin(request, Prepared { baseline, session, held_out, checkpoint: Some(checkpoint) }, n_workers)
    }

    fn begin(&mut self, request: u32, prepared: Prepared, n_workers: Option<usize>) -> Result<(), Failure> {
        let Prepared { baseline, session, held_out, checkpoint } = prepared;
        let on_gpu = self.compute.is_gpu();
        let n_workers = match n_workers {
            // One GPU has all of its cores at work already.
            _ if on_gpu => 1,
            Some(n_workers) if (1..=MAX_WORKERS).contains(&n_workers) => n_workers,
            Some(n_workers) => return Err(wrong_workers(n_workers)),
            None => Machine::of_browser().automatic_workers(size_of_run(&baseline, &session, held_out.as_ref())),
        };
        let model = self.loaded_model()?;
        let parts = JoinParts {
            backend: self.compute.info.backend,
            config_json: model.config_json.clone(),
            pad_id: model.tokenizer.pad_id(),
            checkpoint: checkpoint.clone(),
        };
        let assembly = (n_workers > 1).then(|| Assembly::start(n_workers - 1, parts));
        let is_begun = session.n_steps_done() < session.n_steps();
        let warm_up = if on_gpu && is_begun { Some(session.anew(&baseline)?) } else { None };
        self.head_seed = u64::from(session.config().seed);
        self.trained = None;
        let parts = RunParts { id: request, baseline, session, held_out, on_gpu, warm_up };
        self.run = Some(Run::new(parts, checkpoint.as_ref(), assembly));
        Ok(())
    }

    /// What every run begins with: the model with an untrained head, the training pairs, the held-out pairs if any.
    fn prepare_run(&self, seed: u64) -> Result<(SentencePairModel, PairTable, Option<Evaluation>), Failure> {
        self.refuse_during_run("A second run can't start")?;
        let model = self.loaded_model()?;
        let corpus = self
            .corpus
            .as_ref()
            .ok_or_else(|| Failure::untimely("There are no pairs to train on yet.", "Load pairs first."))?;
        let pad_id = model.tokenizer.pad_id();
        let table = PairTable::new(corpus.of_split(Split::Train), &model.tokenizer)?;
        let held_out = PairTable::new(corpus.of_split(Split::HeldOut), &model.tokenizer)?;
        let held_out = match held_out.pairs.is_empty() {
            true => None,
            false => Some(Evaluation::new(held_out, pad_id)?),
        };
        Ok((self.baseline(seed)?, table, held_out))
    }

    async fn compare(&mut self, request: u32, sentence_a: &str, sentence_b: &str) -> Result<(), Failure> {
        let model = self.loaded_model()?;
        let (a, b) = (model.tokenizer.tokenize(sentence_a)?, model.tokenizer.tokenize(sentence_b)?);
        let pad_id = model.tokenizer.pad_id();
        let ask = async |model: &SentencePairModel| -> Result<Comparison, Failure> {
            let comparison = compare(model, &a.ids, &b.ids, pad_id).await?;
            Ok(Comparison {
                cosine: f64::from(comparison.cosine),
                probabilities: comparison.probabilities.into_iter().map(f64::from).collect(),
            })
        };
        let before = ask(&self.baseline(self.head_seed)?).await?;
        let trained = self.run.as_ref().map(Run::model).or_else(|| self.trained.clone());
        let after = match trained {
            Some(model) => Some(ask(&model).await?),
            None => None,
        };
        post(&Event::Compared { request, before, after, truncated: a.truncated || b.truncated });
        Ok(())
    }

    /// The model as loaded, with an untrained head.
    fn baseline(&self, seed: u64) -> Result<SentencePairModel, Failure> {
        let n_classes = self.corpus.as_ref().map_or(sbert::corpus::NLI_CLASSES.len(), |corpus| corpus.classes.len());
        let encoder = self.loaded_model()?.encoder.clone();
        Ok(SentencePairModel::with_new_head(encoder, n_classes, seed, &self.compute.device))
    }

    fn loaded_model(&self) -> Result<&Model, Failure> {
        self.model.as_ref().ok_or_else(|| Failure::untimely("There is no model yet.", "Load a model first."))
    }

    fn refuse_during_run(&self, what: &str) -> Result<(), Failure> {
        match self.run {
            Some(_) => Err(Failure::untimely(
                &format!("{what} while a run is in progress."),
                "Stop the run, or wait until it has ended.",
            )),
            None => Ok(()),
        }
    }
}

/// A run that is about to begin, or to go on.
struct Prepared {
    baseline: SentencePairModel,
    session: Session,
    held_out: Option<Evaluation>,
    checkpoint: Option<RunCheckpoint>,
}

fn size_of_run(baseline: &SentencePairModel, session: &Session, held_out: Option<&Evaluation>) -> RunSize {
    let n_distinct_tokens = |table: &PairTable| table.sentences.iter().map(Vec::len).sum::<usize>();
    let n_training_tokens = if session.encoder_is_frozen() {
        n_distinct_tokens(session.table())
    } else {
        session.table().n_tokens() * session.config().epochs
    };
    let trainable = session.trainable();
    RunSize {
        n_params: trainable.total,
        n_layer_params: baseline.encoder.layers.num_params(),
        n_trained: trainable.trained(),
        n_trained_layer_params: trainable.layers,
        // Scored before and after.
        n_tokens: n_training_tokens + held_out.map_or(0, |held_out| 2 * n_distinct_tokens(held_out.table())),
        kept_bytes: session.kept_bytes().unwrap_or(0),
    }
}

fn wrong_workers(n_workers: usize) -> Failure {
    Failure {
        kind: FailureKind::Setting,
        message: format!("n_workers is {n_workers}; a run is shared by 1 to {MAX_WORKERS}"),
        remedy: "Change that setting, or leave it empty.".to_owned(),
    }
}

/// Bytes of several files, told to the page as one count.
struct Progress {
    request: u32,
    /// Of the largest file, beside which the others are small; none if the server does not say.
    total_bytes: Option<usize>,
    before_bytes: usize,
}

impl Progress {
    async fn read(&mut self, file: &str, incoming: Incoming) -> Result<Vec<u8>, Failure> {
        let (request, before_bytes, total_bytes) = (self.request, self.before_bytes, self.total_bytes);
        let bytes = incoming
            .read(|n_bytes| {
                let loaded_bytes = (before_bytes + n_bytes) as f64;
                let total_bytes = total_bytes.map(|total| (total as f64).max(loaded_bytes));
                post(&Event::Loading { request, file: file.to_owned(), loaded_bytes, total_bytes });
            })
            .await?;
        self.before_bytes += bytes.len();
        // What has come before counts in full, so the total grows by the small files once they are known.
        self.total_bytes = self.total_bytes.filter(|_| file != WEIGHTS_FILE).map(|total| total + bytes.len());
        Ok(bytes)
    }
}
