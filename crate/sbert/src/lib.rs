//! Sentence-BERT with two objectives, for a terminal and for a browser tab.
//!
//! Text goes in; embeddings, losses, trained weights and scores come out. The rooms, in the order in which a sentence
//! passes through them:
//!
//! 1. [`text`]: a sentence becomes token ids.
//! 2. [`corpus`]: files become pairs of sentences with a class, a score, or both.
//! 3. [`batch`]: token ids become tensors, padded to the longest of the batch.
//! 4. [`encoder`]: BERT and pooling turn tokens into one embedding `[d_model]` a sentence.
//! 5. [`objective`]: two embeddings u and v become a loss: softmax(W·\[u; v; |u−v|\]) with cross-entropy, and
//!    cosine(u, v) with mean squared error.
//! 6. [`model`]: the encoder and the classification head as one module; [`freeze`] says which part of it learns.
//! 7. [`weights`]: safetensors to a module, and back; [`folder`]: a model folder's files, loose or zipped, to a model.
//! 8. [`session`]: the training loop, one step at a time, and the evaluation.
//! 9. [`score`]: accuracy, macro-F1, Pearson, Spearman.
//! 10. [`folder`]: whole model folders, in and out; [`recipe`]: a run's pairs and settings, to be repeated elsewhere.
//! 11. [`self_check`]: the same small training on two devices, before one of them is trusted.
//!
//! Deliberately absent: JavaScript, clocks, threads, files, and any choice of backend. Binaries hand in bytes and a
//! [`burn::tensor::Device`]; randomness enters as a seed; pausing is not calling
//! [`step`](session::Session::step).

pub mod batch;
pub mod corpus;
pub mod encoder;
pub mod error;
pub mod folder;
pub mod freeze;
mod fused;
pub mod model;
pub mod objective;
mod read_back;
pub mod recipe;
pub mod score;
pub mod self_check;
pub mod session;
pub mod text;
pub mod weights;

pub use error::Error;
