//! Real weights: all-MiniLM-L6-v2's embeddings of a few sentences, its scores on the held-out demo pairs, and a few
//! steps of training.

use burn::tensor::Device;
use sbert::corpus::{Corpus, PairRecord, PairTable, Split};
use sbert::encoder::{SentenceEncoder, encode_sentences};
use sbert::import::{ReadOptions, read_pairs};
use sbert::infer::Evaluation;
use sbert::model::SentencePairModel;
use sbert::pretrained::load_encoder;
use sbert::text::{MAX_SEQ_LENGTH, TextTokenizer};
use sbert::train::{FreezeStrategy, Session, TrainConfig};
use serde::Deserialize;

use crate::compare::Comparison;
use crate::files::read;

const FOLDER: &str = "tests/models/all-MiniLM-L6-v2";
/// Six layers of real weights, on which PyTorch's own float32 errs by up to 0.9e-6.
const EMBEDDING_TOLERANCE: f64 = 2e-6;
/// A rank correlation moves in steps: two cosines that swap places move that of 300 pairs by 2e-7 or more.
const SCORE_TOLERANCE: f64 = 1e-5;

#[derive(Deserialize)]
struct Oracle {
    sentences: Vec<Sentence>,
    held_out: HeldOut,
}

#[derive(Deserialize)]
struct Sentence {
    text: String,
    token_ids: Vec<u32>,
    embedding: Vec<f32>,
}

#[derive(Deserialize)]
struct HeldOut {
    n_pairs: usize,
    pearson: f64,
    spearman: f64,
    regression_loss: f64,
}

/// The checkpoint and the demo corpus, loaded as a user's are.
struct Loaded {
    encoder: SentenceEncoder,
    tokenizer: TextTokenizer,
    corpus: Corpus,
}

impl Loaded {
    async fn new(device: &Device) -> Self {
        let config = read(&format!("{FOLDER}/config.json")).await;
        let loaded = load_encoder(&config, &read(&format!("{FOLDER}/model.safetensors")).await, device).unwrap();
        let json = read(&format!("{FOLDER}/tokenizer.json")).await;
        let tokenizer = TextTokenizer::from_bytes(&json, loaded.config.vocab_size, MAX_SEQ_LENGTH).unwrap();
        let corpus = read_pairs("demo-pairs.tsv", &read("data/demo-pairs.tsv").await, &ReadOptions::default()).unwrap();
        Self { encoder: loaded.encoder, tokenizer, corpus }
    }

    fn table<'a>(&self, records: impl IntoIterator<Item = &'a PairRecord>) -> PairTable {
        PairTable::new(records, &self.tokenizer).unwrap()
    }

    fn model(&self, device: &Device) -> SentencePairModel {
        SentencePairModel::with_new_head(self.encoder.clone(), self.corpus.classes.len(), 1, device)
    }
}

pub async fn compare(device: &Device) -> [Comparison; 2] {
    let oracle: Oracle = serde_json::from_slice(include_bytes!("minilm.json")).unwrap();
    let loaded = Loaded::new(device).await;
    let (embeddings, scores) =
        (embeddings(&loaded, &oracle.sentences).await, held_out_scores(&loaded, &oracle.held_out, device).await);
    whole_model_steps_lower_the_loss(&loaded, device).await;
    [embeddings, scores]
}

async fn embeddings(loaded: &Loaded, sentences: &[Sentence]) -> Comparison {
    let mut comparison = Comparison::new("embeddings", EMBEDDING_TOLERANCE);
    let tokenizer = &loaded.tokenizer;
    let ids: Vec<Vec<u32>> = sentences.iter().map(|sentence| tokenizer.tokenize(&sentence.text).unwrap().ids).collect();
    // All sentences as one batch, so that padding is tested too.
    let batch: Vec<&[u32]> = ids.iter().map(Vec::as_slice).collect();
    let actual = encode_sentences(&loaded.encoder, &batch, tokenizer.pad_id()).await.unwrap();
    for ((sentence, ids), actual) in sentences.iter().zip(&ids).zip(actual.chunks_exact(loaded.encoder.d_model())) {
        assert_eq!(*ids, sentence.token_ids, "{}", sentence.text);
        let start: String = sentence.text.chars().take(24).collect();
        comparison.tensor(format!("\"{start}\""), actual, &sentence.embedding);
    }
    comparison
}

async fn held_out_scores(loaded: &Loaded, expected: &HeldOut, device: &Device) -> Comparison {
    let mut comparison = Comparison::new("held-out scores", SCORE_TOLERANCE);
    let table = loaded.table(loaded.corpus.of_split(Split::HeldOut));
    let mut evaluation = Evaluation::new(table, loaded.tokenizer.pad_id()).unwrap();
    let actual = evaluation.scores(&loaded.model(device)).await.unwrap();
    let correlation = actual.correlation.unwrap();
    assert_eq!(actual.n_pairs, expected.n_pairs);
    comparison.number("Pearson", correlation.pearson.unwrap(), expected.pearson);
    comparison.number("Spearman", correlation.spearman.unwrap(), expected.spearman);
    comparison.number("squared error", actual.regression_loss.unwrap(), expected.regression_loss);
    comparison
}

async fn whole_model_steps_lower_the_loss(loaded: &Loaded, device: &Device) {
    let table = loaded.table(loaded.corpus.of_split(Split::Train).take(8));
    let config = TrainConfig {
        freeze: FreezeStrategy::Nothing,
        epochs: 3,
        batch_size: 8,
        warmup_fraction: 0.0,
        dropout: 0.0,
        ..TrainConfig::default()
    };
    let mut session = Session::new(&loaded.model(device), table, loaded.tokenizer.pad_id(), config).unwrap();
    let mut losses = Vec::new();
    while let Some(report) = session.step().await.unwrap() {
        losses.push(report.loss);
    }
    assert!(losses.len() == 3 && losses.is_sorted_by(|before, after| before > after), "{losses:?}");
}
