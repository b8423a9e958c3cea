//! The architectures that the encoder computes: what differs between them beyond their sizes.

use serde::{Deserialize, Serialize};

/// What kind of model an encoder is. All are post-norm encoders with absolute positions and exact GELU, as BERT is; how
/// their files differ is in the table of `pretrained`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Architecture {
    /// Devlin et al. 2019, arXiv 1810.04805.
    #[default]
    Bert,
    /// BERT without segments and pooler (Sanh et al. 2019, arXiv 1910.01108).
    DistilBert,
}

impl Architecture {
    /// Its name, for people.
    pub fn name(self) -> &'static str {
        match self {
            Self::Bert => "BERT",
            Self::DistilBert => "DistilBERT",
        }
    }

    /// True if it was pre-trained with a dense layer over `[CLS]`, on which no embedding depends.
    pub fn has_pooler(self) -> bool {
        match self {
            Self::Bert => true,
            Self::DistilBert => false,
        }
    }

    /// True if dropout acts on the output of the attention, before its residual is added.
    pub fn drops_attention_output(self) -> bool {
        match self {
            Self::Bert => true,
            Self::DistilBert => false,
        }
    }
}
