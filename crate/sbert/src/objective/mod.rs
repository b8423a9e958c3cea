//! The two objectives of SBERT (arXiv 1908.10084, section 3) and how they are joined. Each sees only embeddings.

mod classification;
mod regression;

pub use classification::{ClassificationHead, cross_entropy};
pub use regression::{cosine_similarity, mean_squared_error};
