//! BERT (Devlin et al. 2019, arXiv 1810.04805) with pooling (SBERT, arXiv 1908.10084): tokens to one embedding.
//! [`Architecture`] names the other encoders that are computed by the same code.
//!
//! It imports the kernels and `flex`. It knows token ids, not text, and nothing of what its embeddings are used for.

mod architecture;
mod attention;
mod cpu;
mod drawn;
mod dropout;
mod embeddings;
mod encode;
mod layer;
mod pooling;
mod sentence_encoder;
mod token_batch;
mod training_pass;

pub use architecture::Architecture;
pub use attention::SelfAttention;
pub(crate) use drawn::EncoderDrawing;
pub use dropout::DropoutStream;
pub use embeddings::{BertEmbeddings, BertEmbeddingsConfig};
pub use encode::encode_sentences;
pub use layer::{EncoderLayer, EncoderLayerConfig};
pub use pooling::{Pooling, cls_pool, max_pool, mean_pool, normalize};
pub use sentence_encoder::{SentenceEncoder, SentenceEncoderConfig};
pub use token_batch::{PackedTokens, TokenBatch};
pub(crate) use training_pass::TrainingPass;
