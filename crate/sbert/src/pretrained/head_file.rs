//! The classification head's own file: `weight` `[n_classes, 3 · d_model]` and `bias` `[n_classes]`, PyTorch's layout.

use std::collections::HashMap;
use std::rc::Rc;

use burn::tensor::{Device, Int, Tensor};

use super::file_names::HEAD_FILE;
use crate::error::Error;
use crate::objective::ClassificationHead;
use crate::tensor_file::{Layout, NamedTensor, TensorFile, TensorsWriter, no_memory, transpose};

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

impl NamedHead {
    /// The head with its classes in another order; none if they aren't the same classes. A head whose file names none is
    /// taken to be of any that are as many.
    pub fn in_order_of(&self, classes: &[String]) -> Option<ClassificationHead> {
        if classes.len() != self.head.n_classes() {
            return None;
        }
        let Some(own) = self.classes.as_deref().filter(|own| *own != classes) else {
            return Some(self.head.clone());
        };
        let places = classes.iter().map(|class| own.iter().position(|name| name == class));
        let places: Vec<i64> = places.map(|place| place.map(|place| place as i64)).collect::<Option<_>>()?;
        let device = self.head.linear.weight.val().device();
        let places = Tensor::<1, Int>::from_data(places.as_slice(), &device);
        let mut head = self.head.clone();
        head.linear.weight = head.linear.weight.map(|weight| weight.select(1, places.clone()));
        head.linear.bias = head.linear.bias.map(|bias| bias.map(|bias| bias.select(0, places.clone())));
        Some(head)
    }
}

/// Read a head for embeddings of width `d_model`.
///
/// # Errors
/// [`Error::Weights`] if the file can't be read; [`Error::Tensor`] for a missing, unknown or misshapen tensor.
pub fn load_head(bytes: &[u8], d_model: usize, device: &Device) -> Result<NamedHead, Error> {
    let file = TensorFile::open(HEAD_FILE, Rc::new(bytes))?;
    if let Some(name) = file.tensors().keys().find(|name| !["weight", "bias"].contains(&name.as_str())) {
        return Err(Error::Tensor { name: name.clone(), problem: "is not part of a classification head".to_owned() });
    }
    let n_classes = file.tensors().get("bias").and_then(|bias| bias.shape.first().copied()).unwrap_or(0);
    // A width that no weight has is refused below.
    let n_inputs = d_model.saturating_mul(3);
    let bias = file.read_values("bias", &[n_classes])?;
    let weight = file.read_values("weight", &[n_classes, n_inputs])?;
    let classes = read_classes(&file)?;
    if let Some(classes) = classes.as_ref().filter(|classes| classes.len() != n_classes) {
        let problem = format!("names {} classes, but its bias has {n_classes}", classes.len());
        return Err(Error::Weights { file: HEAD_FILE.to_owned(), problem });
    }
    let weight = transpose(&weight, n_classes, n_inputs).ok_or_else(|| no_memory("weight", weight.len()))?;
    Ok(NamedHead { head: ClassificationHead::from_values(weight, bias, n_inputs, device), classes })
}

fn read_classes(file: &TensorFile<'_>) -> Result<Option<Vec<String>>, Error> {
    let Some(json) = file.metadata().get(CLASSES_KEY) else {
        return Ok(None);
    };
    let fault = |problem: String| Error::Weights { file: HEAD_FILE.to_owned(), problem };
    serde_json::from_str(json).map(Some).map_err(|cause| fault(format!("its class names can't be read: {cause}")))
}

/// Write a head with the names of its classes.
///
/// # Errors
/// [`Error::Device`] if the device does not give a weight back; [`Error::Weights`] if the classes aren't the head's.
pub async fn save_head(head: &ClassificationHead, classes: &[String]) -> Result<Vec<u8>, Error> {
    head_writer(head, classes)?.into_bytes().await
}

/// That file, to be written block by block.
pub(super) fn head_writer(head: &ClassificationHead, classes: &[String]) -> Result<TensorsWriter, Error> {
    let n_classes = head.n_classes();
    if classes.len() != n_classes {
        let problem = format!("{} names for {n_classes} classes", classes.len());
        return Err(Error::Weights { file: HEAD_FILE.to_owned(), problem });
    }
    let mut tensors = vec![NamedTensor::in_layout("weight".to_owned(), head.linear.weight.val(), Layout::Transposed)];
    tensors.extend(head.linear.bias.iter().map(|bias| NamedTensor::new("bias".to_owned(), bias.val())));
    let names = serde_json::Value::from(classes.to_vec()).to_string();
    TensorsWriter::new(HEAD_FILE, tensors, HashMap::from([(CLASSES_KEY.to_owned(), names)]))
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
    fn classes_in_another_order_take_their_weights_along() {
        let device = Device::flex();
        let weight = vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0];
        let head = ClassificationHead::from_values(weight, vec![7.0, 8.0], 3, &device);
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        let named = NamedHead { head, classes: Some(names(&["a", "b"])) };
        let turned = named.in_order_of(&names(&["b", "a"])).unwrap();
        assert_eq!(values(turned.linear.weight.val()), [2.0, 1.0, 4.0, 3.0, 6.0, 5.0]);
        assert_eq!(values(turned.linear.bias.unwrap().val()), [8.0, 7.0]);
        assert!(named.in_order_of(&names(&["a", "c"])).is_none());
        assert!(named.in_order_of(&names(&["a", "b", "c"])).is_none());
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
