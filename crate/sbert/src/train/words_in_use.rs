//! The words in use: the rows of the word embeddings that a run can change by its gradients.
//!
//! 1,000 pairs mention some thousand of BERT's 30,522 words. No gradient reaches the others: AdamW only shrinks them, by
//! a factor that is known without touching them. So a run trains a table of the rows in use, and the whole one is put
//! together where the model is asked for. The result is that of training them all, as PyTorch does.

use burn::module::Param;
use burn::tensor::{IndexingUpdateOp, Int, Tensor, TensorData};

use crate::corpus::PairTable;

/// Which rows a run trains, and the table that they come from.
pub(super) struct WordsInUse {
    /// Token ids in use, rising.
    ids: Vec<u32>,
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
        let mut ids: Vec<u32> = table.sentences.iter().flatten().copied().chain([pad_id]).collect();
        ids.sort_unstable();
        ids.dedup();
        let row_of = |id: &u32| ids.partition_point(|used| used < id) as u32;
        let sentences = table.sentences.iter().map(|sentence| sentence.iter().map(row_of).collect()).collect();
        let pad_id = row_of(&pad_id);
        Self { ids, whole, sentences, pad_id }
    }

    /// The rows in use of the whole table, `[n_used, d_model]`.
    pub fn restrict(&self, weight: Param<Tensor<2>>) -> Param<Tensor<2>> {
        weight.map(|whole| whole.select(0, self.indices()))
    }

    /// The whole table after a run that has trained the rows in use and has multiplied all others by `decay`.
    pub fn extend(&self, weight: Param<Tensor<2>>, decay: f64) -> Param<Tensor<2>> {
        let vocab_size = self.whole.dims()[0];
        let mut factors = vec![decay as f32; vocab_size];
        self.ids.iter().for_each(|&id| factors[id as usize] = 0.0);
        let factors = Tensor::from_data(TensorData::new(factors, [vocab_size, 1]), &self.whole.device());
        let others = self.whole.clone() * factors;
        weight.map(|trained| others.select_assign(0, self.indices(), trained, IndexingUpdateOp::Add))
    }

    fn indices(&self) -> Tensor<1, Int> {
        let indices: Vec<i64> = self.ids.iter().map(|&id| i64::from(id)).collect();
        let n_used = indices.len();
        Tensor::from_data(TensorData::new(indices, [n_used]), &self.whole.device())
    }
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
        let whole = values(words_in_use.extend(trained, 0.5).val());
        assert_eq!(whole, [10.0, 10.5, 11.0, 11.5, 1.0, 1.25, 13.0, 13.5, 2.0, 2.25]);
    }
}
