//! Evaluation on pairs: encode each distinct sentence once, then score.

use burn::tensor::activation::log_softmax;

use super::metrics::{ConfusionMatrix, Correlation, mean};
use super::scores::Scores;
use crate::corpus::{Pair, PairTable};
use crate::error::Error;
use crate::model::SentencePairModel;
use crate::objective::{PairEmbeddings, cosine_similarity};
use crate::prefix_cache::PrefixCache;
use crate::read_back::read_back;
use crate::replicas::{Alone, Replicas};

/// Sentences that each replica encodes in one batch: large enough for the matrix products, small enough that a stop takes
/// effect at once.
const ENCODE_BATCH_SIZE: usize = 32;
/// Pairs scored in one batch from kept embeddings.
const SCORE_BATCH_SIZE: usize = 256;

/// Pairs to evaluate on. Call [`encode_next`](Self::encode_next) until it says `false`, then
/// [`scores`](Self::scores). Embeddings are kept until [`forget`](Self::forget).
pub struct Evaluation {
    table: PairTable,
    pad_id: u32,
    cache: PrefixCache,
    /// Positions of sentences by length, so that a batch pads little.
    order: Vec<usize>,
    n_encoded: usize,
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
        let mut order: Vec<usize> = (0..table.sentences.len()).collect();
        order.sort_by_key(|&position| table.sentences[position].len());
        Ok(Self { cache: PrefixCache::of_embeddings(table.sentences.len()), table, pad_id, order, n_encoded: 0 })
    }

    /// The pairs.
    pub fn table(&self) -> &PairTable {
        &self.table
    }

    /// Distinct sentences encoded so far.
    pub fn n_encoded(&self) -> usize {
        self.n_encoded
    }

    /// Distinct sentences in all.
    pub fn n_sentences(&self) -> usize {
        self.order.len()
    }

    /// Forget all embeddings, because the encoder has changed.
    pub fn forget(&mut self) {
        self.cache.clear();
        self.n_encoded = 0;
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
        let end = (self.n_encoded + ENCODE_BATCH_SIZE * replicas.n_replicas()).min(self.order.len());
        let batch = &self.order[self.n_encoded..end];
        self.cache.fill(&model.encoder, &self.table.sentences, batch, self.pad_id, replicas).await?;
        let has_encoded = self.n_encoded < end;
        self.n_encoded = end;
        Ok(has_encoded)
    }

    /// Scores of `model`, whose encoder must be the one that encoded; sentences not yet encoded are encoded first.
    ///
    /// # Errors
    /// [`Error::Corpus`] if a label isn't one of the head's classes; [`Error::Device`].
    pub async fn scores(&mut self, model: &SentencePairModel) -> Result<Scores, Error> {
        self.table.check_labels(model.head.n_classes())?;
        while self.encode_next(model, &mut Alone).await? {}
        let mut tally = Tally::default();
        for pairs in self.table.pairs.chunks(SCORE_BATCH_SIZE) {
            let n_classes = model.head.n_classes();
            let (cosines, log_probabilities) = self.predict(model, pairs).await?;
            for (pair, (&cosine, log_probabilities)) in
                pairs.iter().zip(cosines.iter().zip(log_probabilities.chunks_exact(n_classes)))
            {
                tally.add(pair, cosine, log_probabilities);
            }
        }
        Ok(tally.scores(self.table.pairs.len(), model.head.n_classes()))
    }

    /// Cosine and class log-probabilities of pairs, row after row.
    async fn predict(&self, model: &SentencePairModel, pairs: &[Pair]) -> Result<(Vec<f32>, Vec<f32>), Error> {
        let positions: Vec<usize> =
            pairs.iter().map(|pair| pair.sentence_a).chain(pairs.iter().map(|pair| pair.sentence_b)).collect();
        let device = model.head.linear.weight.val().device();
        let stacked = self.cache.gather(&positions, model.encoder.d_model(), &device);
        let PairEmbeddings { u, v } = PairEmbeddings::from_stacked(stacked);
        let log_probabilities = log_softmax(model.head.forward(u.clone(), v.clone()), 1);
        Ok((read_back(cosine_similarity(u, v)).await?, read_back(log_probabilities).await?))
    }
}

/// What has been predicted so far, beside the labels.
#[derive(Default)]
struct Tally {
    gold_classes: Vec<usize>,
    predicted_classes: Vec<usize>,
    cross_entropies: Vec<f64>,
    gold_scores: Vec<f64>,
    cosines: Vec<f64>,
    squared_errors: Vec<f64>,
}

impl Tally {
    fn add(&mut self, pair: &Pair, cosine: f32, log_probabilities: &[f32]) {
        if let Some(label) = pair.label {
            let best =
                (0..log_probabilities.len()).max_by(|&a, &b| log_probabilities[a].total_cmp(&log_probabilities[b]));
            self.gold_classes.push(label);
            self.predicted_classes.push(best.unwrap_or_default());
            self.cross_entropies.push(-f64::from(log_probabilities[label]));
        }
        if let Some(score) = pair.score {
            let (cosine, score) = (f64::from(cosine), f64::from(score));
            self.gold_scores.push(score);
            self.cosines.push(cosine);
            self.squared_errors.push((cosine - score).powi(2));
        }
    }

    fn scores(&self, n_pairs: usize, n_classes: usize) -> Scores {
        // Of values that aren't finite the largest says nothing, and a mean of them is none.
        let is_finite = |values: &[f64]| values.iter().all(|value| value.is_finite());
        let confusion = (!self.gold_classes.is_empty() && is_finite(&self.cross_entropies))
            .then(|| ConfusionMatrix::new(n_classes, &self.gold_classes, &self.predicted_classes));
        Scores {
            n_pairs,
            classification_loss: mean(&self.cross_entropies).filter(|loss| loss.is_finite()),
            regression_loss: mean(&self.squared_errors).filter(|loss| loss.is_finite()),
            accuracy: confusion.as_ref().and_then(ConfusionMatrix::accuracy),
            macro_f1: confusion.as_ref().and_then(ConfusionMatrix::macro_f1),
            confusion,
            correlation: (!self.cosines.is_empty()).then(|| Correlation::new(&self.cosines, &self.gold_scores)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scores_of_values_that_are_not_finite_are_undefined() {
        let scores = |bad: f32| {
            let mut tally = Tally::default();
            for n in 0..4 {
                let value = if n == 2 { bad } else { -0.1 * n as f32 };
                let pair = Pair { sentence_a: 0, sentence_b: 1, label: Some(n % 2), score: Some(0.25 * n as f32) };
                tally.add(&pair, value, &[value, value]);
            }
            tally.scores(4, 2)
        };
        let finite = scores(-0.2);
        assert!(finite.accuracy.is_some() && finite.correlation.is_some_and(|found| found.spearman.is_some()));
        for bad in [f32::NAN, f32::INFINITY] {
            let scores = scores(bad);
            let of_classes = (scores.accuracy, scores.macro_f1, scores.classification_loss);
            assert_eq!((of_classes, scores.confusion), ((None, None, None), None), "{bad}");
            assert_eq!(scores.regression_loss, None, "{bad}");
            assert_eq!(scores.correlation, Some(Correlation { pearson: None, spearman: None }), "{bad}");
        }
    }
}
