//! The processor's peak of multiply-adds, as near as a browser lets one come.

use std::cell::RefCell;

use js_sys::{Function, Object};
use sbert_kernels::gemm::{Kernel, PEAKS, PanelProduct};
use sbert_page::relaxed::side_module::{function, instantiate};
use wasm_bindgen::JsValue;

use super::gflops;

/// Chains of multiply-adds that don't wait for one another, by their number. More than fourteen don't fit into the
/// sixteen registers with what they are made of.
const N_CHAINS: [usize; 5] = [8, 10, 12, 13, 14];
const N_ROUNDS: usize = 20_000;
/// Depth and rows of the tiles: all of it lies in the first-level cache.
const DEPTH: usize = 256;
const N_ROWS: usize = 20;
const WIDTH: usize = 8;
/// Products of a tile that one measurement takes.
const N_PRODUCTS: usize = 8;

/// Milliseconds that each form is tried for, and how often, to see which is the fastest.
const TRIAL_MILLIS: f64 = 5.0;
const N_TRIALS: usize = 4;

thread_local! {
    /// The fastest form of each kind of instruction, once it is known.
    static FASTEST: [RefCell<Option<Form>>; 2] = const { [const { RefCell::new(None) }; 2] };
}

/// Rate of the fastest form, none where the browser refuses its instructions.
pub fn measure(kernel: Kernel, millis: f64) -> Option<f64> {
    let idx = usize::from(kernel == Kernel::Fused);
    FASTEST.with(|forms| {
        let mut form = forms[idx].borrow_mut();
        if form.is_none() {
            *form = fastest(forms_of(PEAKS[idx]).ok()?);
        }
        form.as_mut().map(|form| form.measure(millis))
    })
}

fn fastest(mut forms: Vec<Form>) -> Option<Form> {
    let mut best = vec![0.0_f64; forms.len()];
    for _ in 0..N_TRIALS {
        for (best, form) in best.iter_mut().zip(&mut forms) {
            *best = best.max(form.measure(TRIAL_MILLIS));
        }
    }
    let rated = best.into_iter().zip(forms);
    rated.max_by(|(a, _), (b, _)| a.total_cmp(b)).map(|(_, form)| form)
}

/// One way to keep the processor at multiply-adds.
struct Form {
    function: Function,
    work: Work,
}

enum Work {
    /// So many vectors, and the factor and the term that they are made of.
    Chains(Vec<f32>),
    /// The product's own tile.
    Tile { a: Vec<f32>, b: Vec<f32>, c: Vec<f32> },
}

fn forms_of(module: &[u8]) -> Result<Vec<Form>, JsValue> {
    let exports: Object = instantiate(module)?;
    let mut forms = Vec::new();
    for n_chains in N_CHAINS {
        // Towards 1, so that it neither grows beyond bounds nor becomes subnormal.
        let mut values = vec![0.5; 4 * n_chains];
        values.extend([0.999; 4]);
        values.extend([0.001; 4]);
        forms.push(Form { function: function(&exports, &format!("chains_{n_chains}"))?, work: Work::Chains(values) });
    }
    for name in ["tile_4", "tile_5", "tile_6"] {
        let work =
            Work::Tile { a: vec![0.5; N_ROWS * DEPTH], b: vec![0.5; DEPTH * WIDTH], c: vec![0.0; N_ROWS * WIDTH] };
        forms.push(Form { function: function(&exports, name)?, work });
    }
    Ok(forms)
}

impl Form {
    fn measure(&mut self, millis: f64) -> f64 {
        let Self { function, work } = self;
        match work {
            Work::Chains(values) => {
                let n_chains = values.len() / 4 - 2;
                let values = address(values.as_mut_ptr());
                gflops(millis, (N_ROUNDS * n_chains * 8) as f64, || call(function, &[N_ROUNDS.into(), values.clone()]))
            }
            Work::Tile { a, b, c } => {
                let stride = size_of::<f32>();
                let product = PanelProduct {
                    n_rows: N_ROWS,
                    depth: DEPTH,
                    a: a.as_ptr(),
                    a_row_stride: stride * DEPTH,
                    a_depth_stride: stride,
                    b: b.as_ptr(),
                    b_depth_stride: stride * WIDTH,
                    c: c.as_mut_ptr(),
                    c_row_stride: stride * WIDTH,
                    adds: 0,
                };
                let product = address(&raw const product);
                gflops(millis, (N_PRODUCTS * N_ROWS * DEPTH * WIDTH * 2) as f64, || {
                    (0..N_PRODUCTS).for_each(|_| call(function, std::slice::from_ref(&product)));
                })
            }
        }
    }
}

fn address<T>(pointer: *const T) -> JsValue {
    (pointer as usize).into()
}

/// The modules' functions take numbers and don't throw.
fn call(function: &Function, arguments: &[JsValue]) {
    let _ = match arguments {
        [one] => function.call1(&JsValue::NULL, one),
        [one, two] => function.call2(&JsValue::NULL, one, two),
        _ => Ok(JsValue::UNDEFINED),
    };
}
