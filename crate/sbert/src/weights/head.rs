//! The classification head's own file: `weight` `[n_classes, 3 · d_model]` and `bias` `[n_classes]`, PyTorch's layout.

use std::collections::HashMap;

use burn::tensor::Device;
use safetensors::tensor::SafeTensors;

use super::HEAD_FILE;
use super::keys::Layout;
use super::load::{parse_safetensors, read_values, transpose};
use super::save::{NamedTensor, serialize};
use crate::error::Error;
use crate::objective::ClassificationHead;

/// Key of the class names in the file's metadata, a JSON list.
const CLASSES_KEY: &str = "classes";

/// A head and the names of its classes.
#[derive(Debug)]
pub struct NamedHead {
    /// The head.
    pub head: ClassificationHead,
    /// Names of its classes in order, if the file has them.
    pub classes: Option<Vec<String>>,
}

/// Read a head for embeddings of width `d_model`.
///
/// # Errors
/// [`Error::Weights`] if the file can't be read; [`Error::Tensor`] for a missing, unknown or misshapen tensor.
pub fn load_head(bytes: &[u8], d_model: usize, device: &Device) -> Result<NamedHead, Error> {
    let tensors = parse_safetensors(HEAD_FILE, bytes)?;
    let view = |name: &str| {
        tensors
            .tensor(name)
            .map_err(|_| Error::Tensor { name: name.to_owned(), problem: format!("is missing from {HEAD_FILE}") })
    };
    if let Some(name) = tensors.names().into_iter().find(|name| !["weight", "bias"].contains(name)) {
        return Err(Error::Tensor {
            name: name.to_owned(),
            problem: "is not part of a classification head".to_owned(),
        });
    }
    let (weight, bias) = (view("weight")?, view("bias")?);
    let n_classes = bias.shape().iter().product();
    let n_inputs = 3 * d_model;
    let weight = read_values("weight", &weight, &[n_classes, n_inputs])?;
    let bias = read_values("bias", &bias, &[n_classes])?;
    let classes = read_classes(bytes)?;
    if let Some(classes) = classes.as_ref().filter(|classes| classes.len() != n_classes) {
        let problem = format!("names {} classes, but its bias has {n_classes}", classes.len());
        return Err(Error::Weights { file: HEAD_FILE, problem });
    }
    Ok(NamedHead {
        head: ClassificationHead::from_values(transpose(&weight, n_classes, n_inputs), bias, n_inputs, device),
        classes,
    })
}

fn read_classes(bytes: &[u8]) -> Result<Option<Vec<String>>, Error> {
    let fault = |problem: String| Error::Weights { file: HEAD_FILE, problem };
    let (_, metadata) = SafeTensors::read_metadata(bytes).map_err(|cause| fault(cause.to_string()))?;
    let Some(json) = metadata.metadata().as_ref().and_then(|metadata| metadata.get(CLASSES_KEY)) else {
        return Ok(None);
    };
    serde_json::from_str(json).map(Some).map_err(|cause| fault(format!("its class names can't be read: {cause}")))
}

/// Write a head with the names of its classes.
///
/// # Errors
/// [`Error::Device`] if the device does not give a weight back; [`Error::Weights`] if the classes aren't the head's.
pub async fn save_head(head: &ClassificationHead, classes: &[String]) -> Result<Vec<u8>, Error> {
    let n_classes = head.n_classes();
    if classes.len() != n_classes {
        let problem = format!("{} names for {n_classes} classes", classes.len());
        return Err(Error::Weights { file: HEAD_FILE, problem });
    }
    let mut tensors = vec![NamedTensor::in_layout("weight".to_owned(), head.linear.weight.val(), Layout::Transposed)];
    tensors.extend(head.linear.bias.iter().map(|bias| NamedTensor::new("bias".to_owned(), bias.val())));
    let names = serde_json::Value::from(classes.to_vec()).to_string();
    serialize(HEAD_FILE, tensors, HashMap::from([(CLASSES_KEY.to_owned(), names)])).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read_back::values;

    #[test]
    fn a_head_comes_back_from_its_file() {
        let device = Device::flex();
        let head = ClassificationHead::from_seed(4, 3, 1, &device);
        let classes = ["a", "b", "c"].map(str::to_owned);
        let bytes = pollster::block_on(save_head(&head, &classes)).unwrap();
        let loaded = load_head(&bytes, 4, &device).unwrap();
        assert_eq!(loaded.classes.as_deref(), Some(classes.as_slice()));
        assert_eq!(values(loaded.head.linear.weight.val()), values(head.linear.weight.val()));
    }

    #[test]
    fn a_head_of_another_width_is_refused() {
        let device = Device::flex();
        let error = pollster::block_on(save_head(&ClassificationHead::from_seed(4, 3, 1, &device), &[])).unwrap_err();
        assert!(error.to_string().contains("0 names for 3 classes"), "{error}");
        let classes = ["a", "b", "c"].map(str::to_owned);
        let bytes = pollster::block_on(save_head(&ClassificationHead::from_seed(4, 3, 1, &device), &classes)).unwrap();
        let message = load_head(&bytes, 5, &device).unwrap_err().to_string();
        assert_eq!(message, "weight \"weight\" has shape [3, 12], expected [3, 15]");
        assert!(
            load_head(&bytes[..40], 4, &device)
                .unwrap_err()
                .to_string()
                .starts_with("classifier.safetensors can't be read")
        );
    }
}
