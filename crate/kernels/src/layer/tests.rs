//! The backward pass against finite differences of the forward pass, and packed sentences against single ones.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::*;
use crate::simd::on_each_instruction_set;

const D_MODEL: usize = 8;
const D_FF: usize = 12;
const N_HEADS: usize = 2;

/// A layer's parameters in one vector, in the order of [`weights`].
fn sizes() -> [usize; 16] {
    let square = D_MODEL * D_MODEL;
    [
        square,
        D_MODEL,
        square,
        D_MODEL,
        square,
        D_MODEL,
        square,
        D_MODEL,
        D_MODEL,
        D_MODEL,
        D_MODEL * D_FF,
        D_FF,
        D_MODEL * D_FF,
        D_MODEL,
        D_MODEL,
        D_MODEL,
    ]
}

fn weights(values: &[f32]) -> LayerWeights<'_> {
    let mut rest = values;
    let parts = sizes().map(|size| {
        let (part, after) = rest.split_at(size);
        rest = after;
        part
    });
    LayerWeights::from_array(parts)
}

fn flat(gradients: LayerGradients) -> Vec<f32> {
    gradients.into_array().concat()
}

fn shape(lengths: &[usize]) -> LayerShape<'_> {
    LayerShape { d_model: D_MODEL, d_ff: D_FF, n_heads: N_HEADS, lengths, eps: 1e-12 }
}

fn draw(rng: &mut ChaCha8Rng, n_values: usize) -> Vec<f32> {
    (0..n_values).map(|_| rng.random_range(-1.0..1.0)).collect()
}

#[test]
fn gradients_are_the_finite_differences_with_and_without_dropout() {
    on_each_instruction_set(|| {
        let lengths = [3, 1, 4];
        let shape = shape(&lengths);
        for (drops, drops_attended) in [(false, false), (true, true), (true, false)] {
            let mut rng = ChaCha8Rng::seed_from_u64(11);
            let mut parameters = draw(&mut rng, sizes().iter().sum());
            let mut x = draw(&mut rng, shape.n_tokens() * D_MODEL);
            let d_y = draw(&mut rng, x.len());
            let mut mask =
                |n_values: usize| -> Vec<u8> { (0..n_values).map(|_| u8::from(rng.random_bool(0.8))).collect() };
            let dropout = drops.then(|| LayerDropout {
                attention: mask(shape.n_attention_weights()),
                attended: drops_attended.then(|| mask(shape.n_tokens() * D_MODEL)),
                transformed: mask(shape.n_tokens() * D_MODEL),
                scale: 1.25,
            });
            let loss = |parameters: &[f32], x: &[f32]| -> f64 {
                let y = forward(&shape, &weights(parameters), x, dropout.clone());
                y.iter().zip(&d_y).map(|(y, d)| f64::from(*y) * f64::from(*d)).sum()
            };
            let (_, saved) = forward_saving(&shape, &weights(&parameters), &x, dropout.clone());
            let (gradients, d_x) = backward(&shape, &weights(&parameters), &x, &saved, &d_y, true);
            let (gradients, d_x) = (flat(gradients), d_x.unwrap());

            // The loss is a sum of f32 results: its digits allow differences of this size.
            let (h, tolerance) = (4e-3, 2e-2);
            for place in (0..parameters.len()).step_by(7) {
                let value = parameters[place];
                parameters[place] = value + h;
                let above = loss(&parameters, &x);
                parameters[place] = value - h;
                let below = loss(&parameters, &x);
                parameters[place] = value;
                let expected = (above - below) / (2.0 * f64::from(h));
                let error = (f64::from(gradients[place]) - expected).abs();
                assert!(
                    error < tolerance * (1.0 + expected.abs()),
                    "parameter {place}: {} {expected}",
                    gradients[place]
                );
            }
            for place in 0..x.len() {
                let value = x[place];
                x[place] = value + h;
                let above = loss(&parameters, &x);
                x[place] = value - h;
                let below = loss(&parameters, &x);
                x[place] = value;
                let expected = (above - below) / (2.0 * f64::from(h));
                let error = (f64::from(d_x[place]) - expected).abs();
                assert!(error < tolerance * (1.0 + expected.abs()), "input {place}: {} {expected}", d_x[place]);
            }
        }
    });
}

/// Do `work` in a pool of so many threads.
#[cfg(not(target_arch = "wasm32"))]
fn with_threads<T: Send>(n_threads: usize, work: impl FnOnce() -> T + Send) -> T {
    rayon::ThreadPoolBuilder::new().num_threads(n_threads).build().unwrap().install(work)
}

#[cfg(not(target_arch = "wasm32"))]
#[test]
fn threads_compute_what_one_does() {
    let mut rng = ChaCha8Rng::seed_from_u64(13);
    let parameters = draw(&mut rng, sizes().iter().sum());
    let lengths = [3, 1, 4, 2];
    let shape = shape(&lengths);
    let (x, d_y) = (draw(&mut rng, shape.n_tokens() * D_MODEL), draw(&mut rng, shape.n_tokens() * D_MODEL));
    let mut mask = |n_values: usize| -> Vec<u8> { (0..n_values).map(|_| u8::from(rng.random_bool(0.8))).collect() };
    let dropout = LayerDropout {
        attention: mask(shape.n_attention_weights()),
        attended: Some(mask(x.len())),
        transformed: mask(x.len()),
        scale: 1.25,
    };
    let results = [1, 2, 3, 8].map(|n_threads| {
        with_threads(n_threads, || {
            let weights = weights(&parameters);
            let (mut values, saved) = forward_saving(&shape, &weights, &x, Some(dropout.clone()));
            // In a pool of another size the batch is still divided as it was.
            let (gradients, d_x) = with_threads(2, || backward(&shape, &weights, &x, &saved, &d_y, true));
            values.extend(d_x.unwrap());
            values.extend(flat(gradients));
            values
        })
    });
    for (n_shares, values) in [2, 3, 4].into_iter().zip(&results[1..]) {
        for (value, of_one) in values.iter().zip(&results[0]) {
            assert!((value - of_one).abs() < 1e-5, "{n_shares} shares: {value} {of_one}");
        }
    }
}

#[test]
fn a_sentence_does_not_see_its_neighbours() {
    let mut rng = ChaCha8Rng::seed_from_u64(12);
    let parameters = draw(&mut rng, sizes().iter().sum());
    let lengths = [2, 5];
    let x = draw(&mut rng, 7 * D_MODEL);
    let together = forward(&shape(&lengths), &weights(&parameters), &x, None);
    let (first, second) = x.split_at(2 * D_MODEL);
    let mut alone = forward(&shape(&[2]), &weights(&parameters), first, None);
    alone.extend(forward(&shape(&[5]), &weights(&parameters), second, None));
    for (together, alone) in together.iter().zip(&alone) {
        assert!((together - alone).abs() < 1e-5);
    }
}
