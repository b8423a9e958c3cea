//! Sentences encoded by the model as loaded and by the trained one, and where they lie to each other.

use sbert::encoder::SentenceEncoder;
use sbert::infer::{N_NEIGHBOURS, NeighbourChanges, PrincipalAxes, SentenceEmbeddings, UnitEmbeddings};
use sbert::replicas::Alone;
use sbert::text::TextTokenizer;

use super::Lab;
use super::preparation::PIECE_BYTES;
use crate::protocol::{self, Event, Failure};
use crate::{Host, Platform};

/// Most sentences of one request: four thousand at d_model 1,024 are 33 MB for two models.
pub const MAX_SENTENCES: usize = 4_000;

/// Sentences that are being encoded.
pub(super) struct Embedding {
    texts: Vec<String>,
    wants_map: bool,
    /// Those that are tokenized so far.
    sentences: Vec<Vec<u32>>,
    n_truncated: usize,
    /// The loaded model and, after a run, the trained one, with what they have made of the sentences; empty before all of
    /// these are tokenized.
    models: Vec<(SentenceEncoder, SentenceEmbeddings)>,
    /// True if the trained model has the encoder of the loaded one, so that one of them is encoded with.
    is_one_encoder: bool,
    /// Once all sentences are encoded.
    result: Option<EmbeddingResult>,
}

struct EmbeddingResult {
    d_model: usize,
    /// Of each model.
    embeddings: Vec<protocol::SentenceEmbeddings>,
    explained_variance: Option<[f32; 2]>,
    /// None without a map or without a trained model.
    changes: Option<NeighbourChanges>,
}

impl Embedding {
    pub fn new(texts: Vec<String>, wants_map: bool) -> Result<Self, Failure> {
        let problem = if texts.is_empty() {
            "There are no sentences to encode.".to_owned()
        } else if texts.len() > MAX_SENTENCES {
            format!("{} sentences are to be encoded; at most {MAX_SENTENCES} are at once.", texts.len())
        } else if texts.iter().any(|text| text.trim().is_empty()) {
            "A sentence is empty.".to_owned()
        } else {
            let (sentences, models) = (Vec::new(), Vec::new());
            return Ok(Self {
                texts,
                wants_map,
                sentences,
                n_truncated: 0,
                models,
                is_one_encoder: false,
                result: None,
            });
        };
        Err(Failure::untimely(&problem, "Choose other sentences."))
    }

    /// Tokenize the next sentences; `false` if there was none left.
    fn tokenize(&mut self, tokenizer: &TextTokenizer) -> Result<bool, Failure> {
        let mut n_bytes = 0;
        for text in &self.texts[self.sentences.len()..] {
            if n_bytes >= PIECE_BYTES {
                break;
            }
            let sentence = tokenizer.tokenize(text)?;
            self.n_truncated += usize::from(sentence.truncated);
            self.sentences.push(sentence.ids);
            n_bytes += text.len();
        }
        Ok(n_bytes > 0)
    }

    /// Encode the next sentences; `false` if there was none left.
    async fn encode(&mut self, host: &Host, request: u32) -> Result<bool, Failure> {
        for (encoder, embeddings) in &mut self.models {
            if embeddings.encode_next(encoder, &self.sentences, &mut Alone).await? {
                let n_done = self.models.iter().map(|(_, embeddings)| embeddings.n_encoded()).sum();
                let n_total = self.models.len() * self.sentences.len();
                host.send(Event::Embedding { request, n_done, n_total });
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Take what the models have made of the sentences, and begin to look where they lie.
    fn take_embeddings(&mut self) -> EmbeddingResult {
        let d_model = self.models.first().map_or(0, |(encoder, _)| encoder.d_model());
        let mut values: Vec<Vec<f32>> = self.models.drain(..).map(|(_, embeddings)| embeddings.into_values()).collect();
        if self.is_one_encoder {
            values.extend_from_within(..);
        }
        let bytes = |values: &Vec<f32>| values.iter().flat_map(|value| value.to_le_bytes()).collect();
        let mut embeddings: Vec<_> = values
            .iter()
            .map(|values| protocol::SentenceEmbeddings { values: bytes(values), map: Vec::new() })
            .collect();
        let (mut explained_variance, mut changes) = (None, None);
        if self.wants_map {
            let mut units = values.into_iter().map(|values| UnitEmbeddings::new(values, d_model)).collect::<Vec<_>>();
            if let Some(axes) = units.first().map(PrincipalAxes::of) {
                embeddings.iter_mut().zip(&units).for_each(|(of_model, unit)| of_model.map = axes.project(unit));
                explained_variance = Some(axes.explained_variance());
            }
            if let (Some(after), Some(before), true) = (units.pop(), units.pop(), units.is_empty()) {
                changes = Some(NeighbourChanges::new(before, after));
            }
        }
        EmbeddingResult { d_model, embeddings, explained_variance, changes }
    }

    /// Send what was asked for.
    pub fn finish(self, host: &Host, request: u32) {
        let Some(EmbeddingResult { d_model, embeddings, explained_variance, changes }) = self.result else { return };
        let mut embeddings = embeddings.into_iter();
        let Some(before) = embeddings.next() else { return };
        host.send(Event::Embedded {
            request,
            d_model,
            n_truncated: self.n_truncated,
            before,
            after: embeddings.next(),
            explained_variance,
            n_neighbours: N_NEIGHBOURS,
            neighbour_changes: changes.map(NeighbourChanges::finish).unwrap_or_default(),
        });
    }
}

impl<P: Platform> Lab<P> {
    /// Do the next piece of the work; `false` if there was none left.
    pub(super) async fn advance_embedding(&self, request: u32, embedding: &mut Embedding) -> Result<bool, Failure> {
        if let Some(result) = &mut embedding.result {
            return Ok(result.changes.as_mut().is_some_and(NeighbourChanges::advance));
        }
        let model = self.loaded_model()?;
        if embedding.tokenize(&model.tokenizer)? {
            return Ok(true);
        }
        if embedding.models.is_empty() {
            embedding.is_one_encoder = self.has_trained_only_a_head();
            let trained = if embedding.is_one_encoder { None } else { self.trained_model() };
            let encoders = [Some(model.encoder.clone()), trained.map(|model| model.encoder)].into_iter().flatten();
            let pad_id = model.tokenizer.pad_id();
            let not_encoded = |encoder| (encoder, SentenceEmbeddings::new(&embedding.sentences, pad_id));
            embedding.models = encoders.map(not_encoded).collect();
        }
        if !embedding.encode(&self.host, request).await? {
            embedding.result = Some(embedding.take_embeddings());
        }
        Ok(true)
    }
}
