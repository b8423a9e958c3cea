//! The key table: our parameter paths against the hub's tensor names.

use crate::tensor_file::Layout::{self, Same, Transposed};

/// Our path in `BertEmbeddings` and `EncoderLayer`, the hub's name, and how it lies in the file. Layer norms are
/// `gamma` and `beta` in burn, as in the first TensorFlow checkpoints, and `weight` and `bias` in current ones.
const EMBEDDING_KEYS: [(&str, &str, Layout); 5] = [
    ("word.weight", "word_embeddings.weight", Same),
    ("position.weight", "position_embeddings.weight", Same),
    ("segment.weight", "token_type_embeddings.weight", Same),
    ("norm.gamma", "LayerNorm.weight", Same),
    ("norm.beta", "LayerNorm.bias", Same),
];
const LAYER_KEYS: [(&str, &str, Layout); 16] = [
    ("attention.query.weight", "attention.self.query.weight", Transposed),
    ("attention.query.bias", "attention.self.query.bias", Same),
    ("attention.key.weight", "attention.self.key.weight", Transposed),
    ("attention.key.bias", "attention.self.key.bias", Same),
    ("attention.value.weight", "attention.self.value.weight", Transposed),
    ("attention.value.bias", "attention.self.value.bias", Same),
    ("attention.output.weight", "attention.output.dense.weight", Transposed),
    ("attention.output.bias", "attention.output.dense.bias", Same),
    ("attention_norm.gamma", "attention.output.LayerNorm.weight", Same),
    ("attention_norm.beta", "attention.output.LayerNorm.bias", Same),
    ("intermediate.weight", "intermediate.dense.weight", Transposed),
    ("intermediate.bias", "intermediate.dense.bias", Same),
    ("output.weight", "output.dense.weight", Transposed),
    ("output.bias", "output.dense.bias", Same),
    ("output_norm.gamma", "output.LayerNorm.weight", Same),
    ("output_norm.beta", "output.LayerNorm.bias", Same),
];

/// Tensors of BERT checkpoints that a sentence encoder has no use for: the pooler over `[CLS]`, the pre-training
/// heads, and the constant 0, 1, 2, … that older versions of transformers stored.
const UNUSED_PREFIXES: [&str; 3] = ["pooler.", "cls.", "embeddings.position_ids"];

/// Hub name and layout of one of our parameters, by its path (such as `layers.3.attention.query.weight`).
pub(super) fn hub_key(path: &str) -> Option<(String, Layout)> {
    let find = |keys: &[(&str, &str, Layout)], rest: &str, prefix: String| {
        keys.iter().find(|(ours, _, _)| *ours == rest).map(|(_, hub, layout)| (prefix + hub, *layout))
    };
    if let Some(rest) = path.strip_prefix("embeddings.") {
        return find(&EMBEDDING_KEYS, rest, "embeddings.".to_owned());
    }
    let (layer_idx, rest) = path.strip_prefix("layers.")?.split_once('.')?;
    find(&LAYER_KEYS, rest, format!("encoder.layer.{layer_idx}."))
}

/// The current hub name of a tensor as a file has it: without the `bert.` of task checkpoints, and with the layer
/// norms of older ones renamed.
pub(super) fn canonical_name(name: &str) -> String {
    let name = name.strip_prefix("bert.").unwrap_or(name);
    match name.rsplit_once('.') {
        Some((stem, "gamma")) => format!("{stem}.weight"),
        Some((stem, "beta")) => format!("{stem}.bias"),
        _ => name.to_owned(),
    }
}

/// The encoder layer that a tensor belongs to, by canonical name.
pub(super) fn layer_of(name: &str) -> Option<usize> {
    name.strip_prefix("encoder.layer.")?.split_once('.')?.0.parse().ok()
}

/// True for tensors that a sentence encoder has no use for, by canonical name.
pub(super) fn is_unused(name: &str) -> bool {
    UNUSED_PREFIXES.iter().any(|prefix| name.starts_with(prefix))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_map_to_hub_names() {
        assert_eq!(hub_key("embeddings.norm.gamma"), Some(("embeddings.LayerNorm.weight".to_owned(), Same)));
        assert_eq!(
            hub_key("layers.11.attention.output.weight"),
            Some(("encoder.layer.11.attention.output.dense.weight".to_owned(), Transposed))
        );
        assert_eq!(hub_key("layers.1.pooler"), None);
    }

    #[test]
    fn layers_are_told_by_their_number() {
        assert_eq!(layer_of("encoder.layer.11.output.dense.bias"), Some(11));
        assert_eq!(layer_of("encoder.layer.x.output"), None);
        assert_eq!(layer_of("embeddings.LayerNorm.bias"), None);
    }

    #[test]
    fn older_names_are_understood() {
        assert_eq!(canonical_name("bert.embeddings.LayerNorm.gamma"), "embeddings.LayerNorm.weight");
        assert_eq!(canonical_name("encoder.layer.0.output.LayerNorm.beta"), "encoder.layer.0.output.LayerNorm.bias");
        assert!(is_unused(&canonical_name("cls.predictions.bias")));
        assert!(is_unused(&canonical_name("bert.pooler.dense.weight")));
    }
}
