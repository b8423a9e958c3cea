//! Evaluation on pairs: encode each distinct sentence once, then score.

use burn::tensor::activation::log_softmax;

use super::predictions::Predictions;
use super::scores::Scores;
use super::sentence_embeddings::SentenceEmbeddings;
use crate::corpus::{Pair, PairTable};
use crate::error::Error;
use crate::model::SentencePairModel;
use crate::objective::{PairEmbeddings, cosine_similarity};
use crate::read_back::read_back;
use crate::replicas::{Alone, Replicas};

/// Pairs scored in one batch from kept embeddings.
const SCORE_BATCH_SIZE: usize = 256;

/// Pairs to evaluate on. Call [`encode_next`](Self::encode_next) until it says `false`, then
/// [`scores`](Self::scores). Embeddings are kept until [`forget`](Self::forget).
pub struct Evaluation {
    table: PairTable,
    embeddings: SentenceEmbeddings,
}

impl Evaluation {
    /// Prepare an evaluation on the pairs of `table`.
    ///
    /// # Errors
    /// [`Error::Corpus`] if there are no pairs.
    pub fn new(table: PairTable, pad_id: u32) -> Result<Self, Error> {
        if table.pairs.is_empty() {
            return Err(Error::Corpus { problem: "there are no pairs to evaluate on".to_owned() });
        }
        Ok(Self { embeddings: SentenceEmbeddings::new(&table.sentences, pad_id), table })
    }

    /// The pairs.
    pub fn table(&self) -> &PairTable {
        &self.table
    }

    /// Distinct sentences encoded so far.
    pub fn n_encoded(&self) -> usize {
        self.embeddings.n_encoded()
    }

    /// Distinct sentences in all.
    pub fn n_sentences(&self) -> usize {
        self.embeddings.n_sentences()
    }

    /// Forget all embeddings, because the encoder has changed.
    pub fn forget(&mut self) {
        self.embeddings.forget();
    }

    /// Encode the next batch of sentences with the other replicas (or [`Alone`]); `false` if there was none left.
    ///
    /// # Errors
    /// [`Error::Device`], [`Error::Replica`].
    pub async fn encode_next(
        &mut self,
        model: &SentencePairModel,
        replicas: &mut impl Replicas,
    ) -> Result<bool, Error> {
        self.embeddings.encode_next(&model.encoder, &self.table.sentences, replicas).await
    }

    /// What `model`, whose encoder must be the one that encoded, says of the pairs; sentences not yet encoded are encoded
    /// first.
    ///
    /// # Errors
    /// [`Error::Corpus`] if a label isn't one of the head's classes; [`Error::Device`].
    pub async fn predictions(&mut self, model: &SentencePairModel) -> Result<Predictions, Error> {
        self.table.check_labels(model.head.n_classes())?;
        while self.encode_next(model, &mut Alone).await? {}
        let mut predictions = Predictions { n_classes: model.head.n_classes(), ..Predictions::default() };
        for pairs in self.table.pairs.chunks(SCORE_BATCH_SIZE) {
            let (cosines, log_probabilities) = self.predict(model, pairs).await?;
            for (pair, (&cosine, log_probabilities)) in
                pairs.iter().zip(cosines.iter().zip(log_probabilities.chunks_exact(predictions.n_classes)))
            {
                predictions.add(pair, cosine, log_probabilities);
            }
        }
        Ok(predictions)
    }

    /// Scores of `model`, as [`predictions`](Self::predictions) does it.
    ///
    /// # Errors
    /// Those of [`predictions`](Self::predictions).
    pub async fn scores(&mut self, model: &SentencePairModel) -> Result<Scores, Error> {
        Ok(self.predictions(model).await?.scores(&self.table.pairs))
    }

    /// Cosine and class log-probabilities of pairs, row after row.
    async fn predict(&self, model: &SentencePairModel, pairs: &[Pair]) -> Result<(Vec<f32>, Vec<f32>), Error> {
        let positions: Vec<usize> =
            pairs.iter().map(|pair| pair.sentence_a).chain(pairs.iter().map(|pair| pair.sentence_b)).collect();
        let device = model.head.linear.weight.val().device();
        let stacked = self.embeddings.gather(&positions, model.encoder.d_model(), &device);
        let PairEmbeddings { u, v } = PairEmbeddings::from_stacked(stacked);
        let log_probabilities = log_softmax(model.head.forward(u.clone(), v.clone()), 1);
        Ok((read_back(cosine_similarity(u, v)).await?, read_back(log_probabilities).await?))
    }
}
