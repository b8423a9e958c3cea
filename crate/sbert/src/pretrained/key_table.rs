//! The key table: our parameter paths against the hub's tensor names.

use super::arch_spec::ArchSpec;
use crate::tensor_file::Layout::{self, Same, Transposed};

/// Our names in `BertEmbeddings` and the hub's, which are the same for every architecture.
const EMBEDDING_MODULES: [(&str, &str); 4] = [
    ("word", "word_embeddings"),
    ("position", "position_embeddings"),
    ("segment", "token_type_embeddings"),
    ("norm", "LayerNorm"),
];

impl ArchSpec {
    /// Hub name and layout of one of our parameters, by its path (such as `layers.3.attention.query.weight`).
    pub fn hub_key(&self, path: &str) -> Option<(String, Layout)> {
        let (module, parameter) = path.rsplit_once('.')?;
        let hub_name = |modules: &[(&str, &'static str)], ours: &str| {
            modules.iter().find(|(name, _)| *name == ours).map(|(_, hub)| *hub)
        };
        let (module, matrices) = match module.strip_prefix("embeddings.") {
            Some(ours) => (format!("embeddings.{}", hub_name(&EMBEDDING_MODULES, ours)?), Same),
            None => {
                let (layer_idx, ours) = module.strip_prefix("layers.")?.split_once('.')?;
                (format!("{}{layer_idx}.{}", self.layers, hub_name(&self.layer_modules, ours)?), Transposed)
            }
        };
        // Layer norms are `gamma` and `beta` in burn, as in the first TensorFlow checkpoints, and `weight` and `bias` in
        // current ones.
        let (parameter, layout) = match parameter {
            "weight" => ("weight", matrices),
            "gamma" => ("weight", Same),
            "bias" | "beta" => ("bias", Same),
            _ => return None,
        };
        Some((format!("{module}.{parameter}"), layout))
    }

    /// Hub names of all weights of a layer.
    pub fn layer_keys(&self, layer_idx: usize) -> impl Iterator<Item = String> {
        let of_module = move |(_, module): &(&str, &'static str)| {
            ["weight", "bias"].map(|parameter| format!("{}{layer_idx}.{module}.{parameter}", self.layers))
        };
        self.layer_modules.iter().flat_map(of_module)
    }

    /// The current hub name of a tensor as a file has it: without what the checkpoints of a task have before it, and with
    /// the layer norms of older ones renamed.
    pub fn canonical_name(&self, name: &str) -> String {
        let name = name.strip_prefix(self.prefix).unwrap_or(name);
        match name.rsplit_once('.') {
            Some((module, "gamma")) => format!("{module}.weight"),
            Some((module, "beta")) => format!("{module}.bias"),
            _ => name.to_owned(),
        }
    }

    /// The encoder layer that a tensor belongs to, by canonical name.
    pub fn layer_of(&self, name: &str) -> Option<usize> {
        name.strip_prefix(self.layers)?.split_once('.')?.0.parse().ok()
    }

    /// True for tensors that a sentence encoder has no use for, by canonical name.
    pub fn is_unused(&self, name: &str) -> bool {
        self.unused.iter().any(|prefix| name.starts_with(prefix))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::encoder::Architecture;

    fn bert() -> &'static ArchSpec {
        ArchSpec::of(Architecture::Bert)
    }

    #[test]
    fn paths_map_to_hub_names() {
        let check = |path: &str, expect: Option<(&str, Layout)>| {
            let expect = expect.map(|(name, layout)| (name.to_owned(), layout));
            assert_eq!(bert().hub_key(path), expect, "{path}");
        };
        check("embeddings.norm.gamma", Some(("embeddings.LayerNorm.weight", Same)));
        check("embeddings.segment.weight", Some(("embeddings.token_type_embeddings.weight", Same)));
        let dense = "encoder.layer.11.attention.output.dense";
        check("layers.11.attention.output.weight", Some((&format!("{dense}.weight"), Transposed)));
        check("layers.11.attention.output.bias", Some((&format!("{dense}.bias"), Same)));
        check("layers.0.output_norm.beta", Some(("encoder.layer.0.output.LayerNorm.bias", Same)));
        check("layers.1.pooler", None);
        check("layers.1.pooler.weight", None);
        check("layers.1.output.eps", None);
    }

    #[test]
    fn layers_are_told_by_their_number() {
        assert_eq!(bert().layer_of("encoder.layer.11.output.dense.bias"), Some(11));
        assert_eq!(bert().layer_of("encoder.layer.x.output"), None);
        assert_eq!(bert().layer_of("embeddings.LayerNorm.bias"), None);
    }

    #[test]
    fn older_names_are_understood() {
        let name = |name: &str| bert().canonical_name(name);
        assert_eq!(name("bert.embeddings.LayerNorm.gamma"), "embeddings.LayerNorm.weight");
        assert_eq!(name("encoder.layer.0.output.LayerNorm.beta"), "encoder.layer.0.output.LayerNorm.bias");
        assert!(bert().is_unused(&name("cls.predictions.bias")));
        assert!(bert().is_unused(&name("bert.pooler.dense.weight")));
        assert!(!bert().is_unused("classifier.weight"));
    }
}
