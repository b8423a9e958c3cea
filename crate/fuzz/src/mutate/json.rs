//! Changes of one value somewhere in a JSON document.

use rand::Rng;
use rand_chacha::ChaCha8Rng;
use serde_json::{Map, Value, json};

use super::one_of;

/// None if the input is no JSON.
pub fn mutated(input: &[u8], rng: &mut ChaCha8Rng) -> Option<Vec<u8>> {
    let mut value = serde_json::from_slice(input).ok()?;
    mutate(&mut value, rng);
    Some(value.to_string().into_bytes())
}

/// Change one of the values in `value`, or itself.
pub fn mutate(value: &mut Value, rng: &mut ChaCha8Rng) {
    let n_inner = match value {
        Value::Array(list) => list.len(),
        Value::Object(fields) => fields.len(),
        // A checkpoint and a head have JSON in strings.
        Value::String(text) if rng.random_bool(0.7) => {
            if let Ok(mut inner @ (Value::Object(_) | Value::Array(_))) = serde_json::from_str(text) {
                mutate(&mut inner, rng);
                *text = inner.to_string();
                return;
            }
            0
        }
        _ => 0,
    };
    if n_inner > 0 && rng.random_bool(0.85) {
        let inner_idx = rng.random_range(0..n_inner);
        let inner = match value {
            Value::Array(list) => list.get_mut(inner_idx),
            Value::Object(fields) => fields.values_mut().nth(inner_idx),
            _ => None,
        };
        return inner.into_iter().for_each(|inner| mutate(inner, rng));
    }
    match (value, rng.random_range(0..4)) {
        (Value::Array(list), 0..=2) => mutate_list(list, rng),
        (Value::Object(fields), 0..=2) => mutate_fields(fields, rng),
        (Value::String(text), 0) => mutate_text(text, rng),
        (Value::Number(number), 0..=1) => {
            let number_near = number.as_i64().unwrap_or(3).saturating_add(rng.random_range(-2..=2));
            *number = number_near.into();
        }
        (value, _) => *value = odd_value(rng),
    }
}

fn mutate_list(list: &mut Vec<Value>, rng: &mut ChaCha8Rng) {
    if list.is_empty() {
        return list.push(odd_value(rng));
    }
    let (a, b) = (rng.random_range(0..list.len()), rng.random_range(0..list.len()));
    match rng.random_range(0..4) {
        0 => drop(list.remove(a)),
        1 => list.insert(b, list[a].clone()),
        2 => list.swap(a, b),
        _ => list.extend(vec![list[a].clone(); rng.random_range(0..200)]),
    }
}

fn mutate_fields(fields: &mut Map<String, Value>, rng: &mut ChaCha8Rng) {
    let names: Vec<String> = fields.keys().cloned().collect();
    if names.is_empty() {
        fields.insert("x".to_owned(), odd_value(rng));
        return;
    }
    let (name, other) = (one_of(&names, rng), one_of(&names, rng));
    let value = fields.get(name).cloned().unwrap_or_default();
    match rng.random_range(0..4) {
        0 => drop(fields.remove(name)),
        1 => drop(fields.insert(other.clone(), value)),
        2 => drop(fields.insert(format!("{name}x"), value)),
        _ => {
            let mut renamed = name.clone();
            mutate_text(&mut renamed, rng);
            fields.remove(name);
            fields.insert(renamed, value);
        }
    }
}

fn mutate_text(text: &mut String, rng: &mut ChaCha8Rng) {
    let ends: Vec<usize> = text.char_indices().map(|(start, _)| start).chain([text.len()]).collect();
    let place = *one_of(&ends, rng);
    match rng.random_range(0..4) {
        0 => text.truncate(place),
        1 => *text = text.repeat(rng.random_range(0..5)),
        2 => text.insert_str(
            place,
            one_of::<&str>(&["\0", "é", "🐕", "/../", "999999999", "", "##", "[CLS]", "\u{202e}"], rng),
        ),
        _ => {
            *text = one_of(&["", ".", "../x", "/", "a/b/c", "null", "[UNK]", "(a+)+$", "bert", "nan"], rng).to_string()
        }
    }
}

/// Numbers at the limits of their types, and values of another type than is expected.
fn odd_value(rng: &mut ChaCha8Rng) -> Value {
    match rng.random_range(0..14) {
        0 => Value::Null,
        1 => json!(rng.random::<bool>()),
        2 => json!(0),
        3 => json!(-1),
        4 => json!(1u64 << rng.random_range(0..64)),
        5 => json!((1u64 << rng.random_range(1..64)) - 1),
        6 => json!(u64::MAX - rng.random_range(0..8)),
        7 => json!(i64::MIN),
        8 => json!(*one_of(&[1e308, -1e308, 5e-324, 0.5, 1e19, f64::from(f32::MAX)], rng)),
        9 => json!("x".repeat(rng.random_range(0..300))),
        10 => json!(vec![0; rng.random_range(0..300)]),
        // Readers of JSON stop at 128 levels.
        11 => (0..rng.random_range(1..120)).fold(json!([]), |inner, _| json!([inner])),
        12 => json!({}),
        _ => json!([rng.random_range(0..100), "a"]),
    }
}
