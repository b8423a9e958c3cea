//! The arithmetic of a BERT layer on the CPU, on plain slices: no tensor, and threads only in [`parallel`].
//!
//! It exists for speed in a browser tab: matrix products near the processor's peak ([`gemm`]) and the rest of a layer
//! in as few passes over memory as it takes. crate/sbert puts it under burn's flex backend.

pub mod activation;
pub mod adamw;
pub mod bias;
pub mod dropout;
mod exp;
pub mod gemm;
pub mod layer;
pub mod norm;
pub mod parallel;
mod simd;
pub mod softmax;
pub mod timing;
