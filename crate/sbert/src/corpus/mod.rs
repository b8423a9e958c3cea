//! What training sees: pairs of sentences with a class, a score or both, their split, and the batches of an epoch.
//!
//! It imports `text`, which tokenizes the sentences. How a file becomes a corpus is the affair of `import`.

mod batch_plan;
mod held_out;
mod pair_record;
mod table;
mod write;

pub use batch_plan::BatchPlan;
pub use pair_record::{Corpus, NLI_CLASSES, PairRecord, Split};
pub use table::{Pair, PairTable, PairTableBuilder};
pub use write::write_json_lines;

pub(crate) use held_out::{hold_out, n_leaking_sentences};
