//! The files of the model and what they must hash to.

use crate::files;
use anyhow::Result;
use std::path::Path;

/// One file of the model's folder.
pub struct Pinned {
    /// Its name on the hub and here.
    pub name: &'static str,
    /// Its SHA-256 in hexadecimal.
    pub sha256: &'static str,
}

impl Pinned {
    /// Whether the file at `path` is this one.
    pub fn is_right(&self, path: &Path) -> Result<bool> {
        Ok(files::sha256(path)?.as_deref() == Some(self.sha256))
    }
}

const fn pinned(name: &'static str, sha256: &'static str) -> Pinned {
    Pinned { name, sha256 }
}

/// The files that every source carries, byte for byte the same.
pub const FILES: [Pinned; 10] = [
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
pub const LEGAL_TEXTS: [(Pinned, &str); 2] = [
    (
        pinned("LICENSE", "cfc7749b96f63bd31c3c42b5c471bf756814053e847c10f3eb003417bc523d30"),
        include_str!("../../../assets/LICENSE"),
    ),
    (
        pinned("NOTICE", "4f65cddc0412b1ed91222a97f1dca8437f0fcc361bc70ef18ce2c637c1302309"),
        include_str!("../../../assets/NOTICE"),
    ),
];
