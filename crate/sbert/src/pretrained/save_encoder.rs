//! A [`SentenceEncoder`] to a safetensors file, in the hub's names and layout.

use std::collections::HashMap;

use burn::module::{Module, ModuleVisitor, Param};
use burn::tensor::Tensor;

use super::arch_spec::ArchSpec;
use super::file_names::WEIGHTS_FILE;
use crate::encoder::SentenceEncoder;
use crate::error::Error;
use crate::tensor_file::{NamedTensor, TensorsWriter};

/// The encoder's weights as a safetensors file that transformers loads: of BERT as `BertModel` without the pooler.
///
/// # Errors
/// [`Error::Device`] if the device does not give a weight back; [`Error::Weights`] if the file can't be built.
pub async fn save_encoder(encoder: &SentenceEncoder) -> Result<Vec<u8>, Error> {
    encoder_writer(encoder)?.into_bytes().await
}

/// That file, to be written block by block.
pub(super) fn encoder_writer(encoder: &SentenceEncoder) -> Result<TensorsWriter, Error> {
    let mut collector =
        Collector { spec: ArchSpec::of(encoder.architecture), path: Vec::new(), found: Vec::new(), error: None };
    encoder.visit(&mut collector);
    if let Some(error) = collector.error {
        return Err(error);
    }
    // What transformers writes, and wants to find.
    TensorsWriter::new(WEIGHTS_FILE, collector.found, HashMap::from([("format".to_owned(), "pt".to_owned())]))
}

/// Gathers every parameter of an encoder under its hub name.
struct Collector {
    spec: &'static ArchSpec,
    path: Vec<String>,
    found: Vec<NamedTensor>,
    error: Option<Error>,
}

impl ModuleVisitor for Collector {
    fn enter_module(&mut self, name: &str, _container_type: &str) {
        self.path.push(name.to_owned());
    }

    fn exit_module(&mut self, _name: &str, _container_type: &str) {
        self.path.pop();
    }

    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        let path = self.path.join(".");
        match self.spec.hub_key(&path) {
            Some((name, layout)) => self.found.push(NamedTensor::in_layout(name, param.val(), layout)),
            None => {
                self.error = Some(Error::Tensor { name: path, problem: "is missing from the key table".to_owned() })
            }
        }
    }
}
