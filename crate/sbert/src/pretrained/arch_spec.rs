//! How the files of each architecture differ: a row for each, by which everything here is loaded, saved and exported.

use crate::encoder::Architecture;

/// All rows.
pub(super) const ARCHITECTURES: [&ArchSpec; 2] = [&BERT, &DISTILBERT];

const BERT: ArchSpec = ArchSpec {
    architecture: Architecture::Bert,
    model_type: "bert",
    class: "BertModel",
    fields: ConfigFields {
        d_model: "hidden_size",
        d_ff: "intermediate_size",
        n_heads: "num_attention_heads",
        n_layers: "num_hidden_layers",
        activation: "hidden_act",
        n_segments: Some("type_vocab_size"),
        layer_norm_eps: Some("layer_norm_eps"),
    },
    prefix: "bert.",
    layers: "encoder.layer.",
    layer_modules: [
        ("attention.query", "attention.self.query"),
        ("attention.key", "attention.self.key"),
        ("attention.value", "attention.self.value"),
        ("attention.output", "attention.output.dense"),
        ("attention_norm", "attention.output.LayerNorm"),
        ("intermediate", "intermediate.dense"),
        ("output", "output.dense"),
        ("output_norm", "output.LayerNorm"),
    ],
    // The pooler over `[CLS]`, the pre-training heads, and the constant 0, 1, 2, … that older versions of transformers
    // stored.
    unused: &["pooler.", "cls.", "embeddings.position_ids"],
};

const DISTILBERT: ArchSpec = ArchSpec {
    architecture: Architecture::DistilBert,
    model_type: "distilbert",
    class: "DistilBertModel",
    fields: ConfigFields {
        d_model: "dim",
        d_ff: "hidden_dim",
        n_heads: "n_heads",
        n_layers: "n_layers",
        activation: "activation",
        n_segments: None,
        layer_norm_eps: None,
    },
    prefix: "distilbert.",
    layers: "transformer.layer.",
    layer_modules: [
        ("attention.query", "attention.q_lin"),
        ("attention.key", "attention.k_lin"),
        ("attention.value", "attention.v_lin"),
        ("attention.output", "attention.out_lin"),
        ("attention_norm", "sa_layer_norm"),
        ("intermediate", "ffn.lin1"),
        ("output", "ffn.lin2"),
        ("output_norm", "output_layer_norm"),
    ],
    // The heads of pre-training and of tasks, and the constant, as above. Sinusoidal positions are in the file as others are.
    unused: &[
        "vocab_transform.",
        "vocab_layer_norm.",
        "vocab_projector.",
        "pre_classifier.",
        "classifier.",
        "qa_outputs.",
        "embeddings.position_ids",
    ],
};

/// What transformers calls the parts of one architecture, in `config.json` and among the weights.
pub(super) struct ArchSpec {
    /// What the encoder computes.
    pub architecture: Architecture,
    /// `model_type` of `config.json`.
    pub model_type: &'static str,
    /// The class of the bare encoder.
    pub class: &'static str,
    /// Fields of `config.json`.
    pub fields: ConfigFields,
    /// What the names of a task's checkpoint have before those of the bare encoder.
    pub prefix: &'static str,
    /// What comes before the number of a layer.
    pub layers: &'static str,
    /// Modules of a layer: our path in `EncoderLayer` and the hub's name.
    pub layer_modules: [(&'static str, &'static str); 8],
    /// Beginnings of the names of tensors that a sentence encoder has no use for.
    pub unused: &'static [&'static str],
}

/// Fields of `config.json` that are named differently, or not there in every architecture.
pub(super) struct ConfigFields {
    pub d_model: &'static str,
    pub d_ff: &'static str,
    pub n_heads: &'static str,
    pub n_layers: &'static str,
    pub activation: &'static str,
    /// None if there are no segment embeddings.
    pub n_segments: Option<&'static str>,
    /// None if it is always 1e-12.
    pub layer_norm_eps: Option<&'static str>,
}

impl ArchSpec {
    /// The row of an architecture.
    pub fn of(architecture: Architecture) -> &'static Self {
        match architecture {
            Architecture::Bert => &BERT,
            Architecture::DistilBert => &DISTILBERT,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_found_by_its_architecture() {
        for spec in ARCHITECTURES {
            assert_eq!(ArchSpec::of(spec.architecture).model_type, spec.model_type);
        }
    }
}
