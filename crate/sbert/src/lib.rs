//! Sentence-BERT with two objectives, for a terminal and for a browser tab.
//!
//! Text goes in; embeddings, losses, trained weights and scores come out. The rooms, in the order in which a sentence
//! passes through them:
//!
//! 1. [`text`]: a sentence becomes token ids.
//! 2. [`corpus`]: pairs of sentences with a class, a score, or both; their split, and the batches of an epoch.
//! 3. [`import`]: files become a corpus.
//! 4. [`encoder`]: BERT and pooling turn tokens into one embedding `[d_model]` a sentence.
//! 5. [`objective`]: two embeddings u and v become a loss, one file an objective: softmax(W·\[u; v; |u−v|\]) with
//!    cross-entropy, and cosine(u, v) with mean squared error.
//! 6. [`model`]: the encoder and the classification head as one module.
//! 7. [`pretrained`]: model folders, loose or zipped, to a model, and a model to a folder.
//! 8. [`train`]: the training loop, one step at a time; what is frozen; checkpoints.
//! 9. [`infer`]: two sentences compared, and scores on pairs: accuracy, macro-F1, Pearson, Spearman.
//! 10. [`recipe`]: a run's pairs and settings, to be repeated elsewhere.
//!
//! Which room may import which other is written in one place, the table of `tests/rooms.rs`. That test fails if a room
//! imports another one, and if files import each other in a circle. Every room may import [`error`], the one error of
//! the crate, and `read_back`, the one way from the device to the host.
//!
//! Eight rooms exist because an item would otherwise point back:
//!
//! - `flex` gives the values beneath a tensor to the encoder's layers and to the optimiser, neither of which belongs to
//!   the other. `gpu` does so for burn's GPU backends, and has the kernels too.
//! - `tensor_file` reads and writes safetensors for [`pretrained`] and for the checkpoints of [`train`], so that training
//!   does not import model folders.
//! - [`replicas`] and `prefix_cache` are used by [`train`] and [`infer`] alike, so that neither imports the other.
//! - [`card`] writes what a run trained and what its scores are, so it lies above [`train`] and [`infer`];
//!   [`pretrained::export_model`] is given its text.
//! - `markdown` escapes names for [`card`] and [`recipe`].
//! - [`self_check`] takes the same training steps on two devices before one of them is trusted, so it lies above
//!   [`train`] and not in [`infer`].
//!
//! Deliberately absent: JavaScript, clocks, threads, files, and any choice of backend. Binaries hand in bytes and a
//! [`burn::tensor::Device`]; randomness enters as a seed; pausing is not calling
//! [`step`](train::Session::step).

pub mod card;
pub mod corpus;
pub mod encoder;
pub mod error;
mod flex;
#[cfg(feature = "gpu")]
mod gpu;
pub mod import;
pub mod infer;
mod markdown;
pub mod model;
pub mod objective;
mod prefix_cache;
pub mod pretrained;
mod read_back;
pub mod recipe;
pub mod replicas;
pub mod self_check;
mod tensor_file;
pub mod text;
pub mod train;

pub use error::Error;
