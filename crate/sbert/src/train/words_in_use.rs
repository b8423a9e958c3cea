//! The words in use: the rows of the word embeddings that a run can change by its gradients.
//!
//! 1,000 pairs mention some thousand of BERT's 30,522 words. No gradient reaches the others: AdamW only shrinks them, by
//! a factor that is known without touching them. So a run trains a table of the rows in use, and the whole one is put
//! together where the model is asked for. The result is that of training them all, as PyTorch does.

use burn::module::Param;
use burn::tensor::{IndexingUpdateOp, Int, Tensor, TensorData};

use crate::corpus::PairTable;

/// Some rows of the word embeddings, as a smaller table.
pub(super) struct WordRows {
    /// Their token ids, rising.
    ids: Vec<u32>,
}

impl WordRows {
    /// The rows of some tokens and of the padding.
    pub fn of(tokens: impl Iterator<Item = u32>, pad_id: u32) -> Self {
        let mut ids: Vec<u32> = tokens.chain([pad_id]).collect();
        ids.sort_unstable();
        ids.dedup();
        Self { ids }
    }

    /// Their token ids, rising.
    pub fn ids(&self) -> &[u32] {
        &self.ids
    }

    /// The row of a token that is among them.
    pub fn of_token(&self, id: u32) -> u32 {
        self.ids.partition_point(|&each| each < id) as u32
    }

    /// The rows of a sentence of such tokens.
    pub fn of_sentence(&self, sentence: &[u32]) -> Vec<u32> {
        sentence.iter().map(|&id| self.of_token(id)).collect()
    }
}

/// Which rows a run trains, and the table that they come from.
pub(super) struct WordsInUse {
    rows: WordRows,
    /// The whole table as it was before the run, `[vocab_size, d_model]`, without autodiff.
    whole: Tensor<2>,
    /// The run's sentences in ids of the rows in use.
    pub sentences: Vec<Vec<u32>>,
    /// The padding's id among the rows in use.
    pub pad_id: u32,
}

impl WordsInUse {
    /// The rows that the sentences of `table` and the padding use.
    pub fn new(table: &PairTable, pad_id: u32, whole: Tensor<2>) -> Self {
        let rows = WordRows::of(table.sentences.iter().flatten().copied(), pad_id);
        let sentences = table.sentences.iter().map(|sentence| rows.of_sentence(sentence)).collect();
        let pad_id = rows.of_token(pad_id);
        Self { rows, whole, sentences, pad_id }
    }

    /// The rows in use of the whole table, `[n_used, d_model]`.
    pub fn restrict(&self, weight: Param<Tensor<2>>) -> Param<Tensor<2>> {
        weight.map(|whole| whole.select(0, indices(&self.rows.ids, &self.whole)))
    }

    /// The whole table after a run that has trained the rows in use and has multiplied all others by `decay`.
    pub fn extend(&self, trained: Tensor<2>, decay: f64) -> Tensor<2> {
        let ids: Vec<u32> = (0..self.whole.dims()[0] as u32).collect();
        self.with_trained(self.whole.clone(), &ids, trained, decay)
    }

    /// Some rows, `[n_ids, d_model]`, of what [`Self::extend`] gives.
    pub fn rows(&self, trained: Tensor<2>, decay: f64, ids: &[u32]) -> Tensor<2> {
        let rows = self.whole.clone().select(0, indices(ids, &self.whole));
        self.with_trained(rows, ids, trained, decay)
    }

    /// `rows` of the whole table, which are those of `ids`, trained or decayed.
    fn with_trained(&self, rows: Tensor<2>, ids: &[u32], trained: Tensor<2>, decay: f64) -> Tensor<2> {
        let mut factors = vec![decay as f32; ids.len()];
        let (mut places, mut in_use) = (Vec::new(), Vec::new());
        for (place, id) in ids.iter().enumerate() {
            if let Ok(row) = self.rows.ids.binary_search(id) {
                factors[place] = 0.0;
                places.push(place as u32);
                in_use.push(row as u32);
            }
        }
        let factors = Tensor::from_data(TensorData::new(factors, [ids.len(), 1]), &self.whole.device());
        let others = rows * factors;
        if places.is_empty() {
            return others;
        }
        let trained = trained.select(0, indices(&in_use, &self.whole));
        others.select_assign(0, indices(&places, &self.whole), trained, IndexingUpdateOp::Add)
    }
}

/// Indices of rows, on the device of `table`.
fn indices(rows: &[u32], table: &Tensor<2>) -> Tensor<1, Int> {
    let indices: Vec<i64> = rows.iter().map(|&row| i64::from(row)).collect();
    Tensor::from_data(TensorData::new(indices, [rows.len()]), &table.device())
}

#[cfg(test)]
mod tests {
    use burn::tensor::Device;

    use super::*;
    use crate::read_back::values;

    #[test]
    fn rows_in_use_are_trained_and_the_others_decay() {
        let device = Device::flex();
        let table = PairTable { sentences: vec![vec![3, 1], vec![1]], pairs: Vec::new(), n_truncated: 0 };
        let whole = Tensor::from_floats([[0.0, 0.5], [1.0, 1.5], [2.0, 2.5], [3.0, 3.5], [4.0, 4.5]], &device);
        let words_in_use = WordsInUse::new(&table, 0, whole.clone());
        assert_eq!(words_in_use.sentences, [vec![2, 1], vec![1]]);
        let used = words_in_use.restrict(Param::from_tensor(whole));
        assert_eq!(values(used.val()), [0.0, 0.5, 1.0, 1.5, 3.0, 3.5]);
        let trained = used.map(|rows| rows.add_scalar(10.0));
        let whole = values(words_in_use.extend(trained.val(), 0.5));
        assert_eq!(whole, [10.0, 10.5, 11.0, 11.5, 1.0, 1.25, 13.0, 13.5, 2.0, 2.25]);
        assert_eq!(values(words_in_use.rows(trained.val(), 0.5, &[4, 1])), [2.0, 2.25, 11.0, 11.5]);
        assert_eq!(values(words_in_use.rows(trained.val(), 0.5, &[2])), [1.0, 1.25]);
    }
}
