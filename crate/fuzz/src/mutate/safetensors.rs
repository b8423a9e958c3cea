//! Changes of a safetensors file: of its header's values, of a tensor's bytes, or of both in step.

use rand::Rng;
use rand_chacha::ChaCha8Rng;
use serde_json::{Map, Value, json};

use super::{bytes, json};

/// None if the input has no header.
pub fn mutated(input: &[u8], rng: &mut ChaCha8Rng) -> Option<Vec<u8>> {
    let length = usize::try_from(u64::from_le_bytes(*input.first_chunk()?)).ok()?;
    let header = input.get(8..length.checked_add(8)?)?;
    let mut data = input[8 + length..].to_vec();
    let mut header: Map<String, Value> = serde_json::from_slice(header).ok()?;
    match rng.random_range(0..5) {
        0 => {
            // A value that is no number any more, or another one; the length stays.
            if let Some(place) = data.len().checked_sub(1).map(|last| rng.random_range(0..=last)) {
                data[place] = rng.random();
            }
        }
        1 => bytes::mutate(&mut data, rng),
        2 => resize_a_tensor(&mut header, &mut data, rng),
        _ => {
            let mut value = Value::Object(header);
            json::mutate(&mut value, rng);
            return Some(packed(&value, &data));
        }
    }
    Some(packed(&Value::Object(header), &data))
}

/// Give a tensor another shape, and all of them the places that follow.
fn resize_a_tensor(header: &mut Map<String, Value>, data: &mut Vec<u8>, rng: &mut ChaCha8Rng) {
    let tensors: Vec<String> = header.keys().filter(|name| *name != "__metadata__").cloned().collect();
    if tensors.is_empty() {
        return;
    }
    let changed = super::one_of(&tensors, rng);
    let shape: Vec<usize> = (0..rng.random_range(0..4)).map(|_| rng.random_range(0..6)).collect();
    if let Some(tensor) = header.get_mut(changed).and_then(Value::as_object_mut) {
        tensor.insert("shape".to_owned(), json!(shape));
    }
    let mut start = 0;
    for name in &tensors {
        let Some(tensor) = header.get_mut(name).and_then(Value::as_object_mut) else { continue };
        let sizes = tensor.get("shape").and_then(Value::as_array).into_iter().flatten();
        let n_values = sizes.filter_map(Value::as_u64).fold(1u64, u64::saturating_mul);
        let n_bytes = n_values.min(10_000) as usize * if tensor.get("dtype") == Some(&json!("F32")) { 4 } else { 2 };
        tensor.insert("data_offsets".to_owned(), json!([start, start + n_bytes]));
        start += n_bytes;
    }
    data.resize(start, 0);
}

fn packed(header: &Value, data: &[u8]) -> Vec<u8> {
    let header = header.to_string().into_bytes();
    [&(header.len() as u64).to_le_bytes(), header.as_slice(), data].concat()
}
