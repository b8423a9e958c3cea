//! The encoder layer on the CPU, under burn's flex backend, by [`sbert_kernels`] and without padding.
//!
//! burn computes a layer as some forty operations, each a pass over memory, and differentiates them one by one. Here a
//! layer is one operation of burn's graph with a hand-written derivative. The model, its parameters and its graph stay
//! burn's; every other backend takes the general path, and the tests hold both to the same numbers from PyTorch.

mod layer;

pub(super) use layer::encoder_layer;
