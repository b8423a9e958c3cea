//! Kernels of our own for burn's GPU backends: what takes tens of launches as tensor operations takes one.
//!
//! A launch costs the host some microseconds, and each operation reads and writes its whole tensor. AdamW is sixteen
//! operations for each of a model's parameters; in one launch the parameter, its gradient and its moments pass once
//! through memory. Kernels are written with cubecl, as burn's own are; for a browser it makes WGSL of them. Builds without
//! the feature `gpu` have no such backend.

use burn::backend::{Cube, CubeDevice, DType, DispatchDevice, Shape};
use burn::tensor::{Device, Tensor};
use burn_cubecl::cubecl::{self, calculate_cube_count_elemwise, prelude::*};
use burn_cubecl::kernel::into_contiguous;
use burn_cubecl::ops::numeric::{empty_device_contiguous_dtype, zeros_client};
use burn_cubecl::tensor::CubeTensor;
use sbert_kernels::adamw::AdamWStep;

/// Units of a cube of [`add_squares`]: as many as WebGPU promises.
const N_UNITS: u32 = 256;
/// Cubes that add up one gradient, at most; what they find is added up afterwards.
const MAX_CUBES: usize = 32;
/// A cube is worth starting for so many values a unit.
const MIN_VALUES_PER_UNIT: usize = 4;
/// Flags of dropout in a word.
const N_FLAGS: usize = 32;

/// True if the device is a GPU of burn, with or without autodiff.
pub(crate) fn is_for(device: &Device) -> bool {
    cube_device(device).is_some()
}

fn cube_device(device: &Device) -> Option<CubeDevice> {
    match device.clone().inner().as_dispatch() {
        DispatchDevice::Cube(device) => Some(device.clone()),
        _ => None,
    }
}

/// The tensor under a burn tensor, its values in order.
fn plain<const D: usize>(tensor: Tensor<D>) -> CubeTensor {
    match tensor.try_into_primitive::<Cube>() {
        Ok(primitive) => into_contiguous(primitive),
        Err(cause) => unreachable!("`is_for` was true of the tensor's device: {cause:?}"),
    }
}

/// The same tensor, if nothing else holds its values, or else a copy.
fn owned(tensor: CubeTensor) -> CubeTensor {
    if tensor.can_mut() { tensor } else { tensor.copy() }
}

/// One AdamW step of a parameter, its gradient first multiplied by `factor`, `[1]`: the new value, and the new moments,
/// flattened, which begin at 0. Tensors that nothing else holds are changed in place.
pub(crate) fn adamw<const D: usize>(
    value: Tensor<D>,
    gradient: Tensor<D>,
    moments: Option<(Tensor<1>, Tensor<1>)>,
    factor: Tensor<1>,
    step: &AdamWStep,
) -> (Tensor<D>, Tensor<1>, Tensor<1>) {
    let value = owned(plain(value));
    let (client, n_values) = (value.client.clone(), value.meta.num_elements());
    let zeros = || zeros_client(client.clone(), value.device.clone(), Shape::new([n_values]), value.dtype);
    let (first, second) = match moments {
        Some((first, second)) => (owned(plain(first)), owned(plain(second))),
        None => (zeros(), zeros()),
    };
    let cube_dim = CubeDim::new(&client, n_values);
    take_step::launch(
        &client,
        calculate_cube_count_elemwise(&client, n_values, cube_dim),
        cube_dim,
        value.clone().into_buffer_arg(),
        first.clone().into_buffer_arg(),
        second.clone().into_buffer_arg(),
        plain(gradient).into_buffer_arg(),
        plain(factor).into_buffer_arg(),
        step.beta_1,
        step.one_minus_beta_1,
        step.beta_2,
        step.one_minus_beta_2,
        step.step_size,
        step.second_correction,
        step.epsilon,
        step.decay_factor,
    );
    (
        Tensor::from_primitive::<Cube>(value),
        Tensor::from_primitive::<Cube>(first),
        Tensor::from_primitive::<Cube>(second),
    )
}

/// Sum of the squares of all values of these tensors, `[1]`; each is given flattened.
pub(crate) fn sum_of_squares(tensors: Vec<Tensor<1>>, device: &Device) -> Tensor<1> {
    let n_cubes = |tensor: &Tensor<1>| {
        let n_values = tensor.dims()[0];
        n_values.div_ceil(N_UNITS as usize * MIN_VALUES_PER_UNIT).clamp(1, MAX_CUBES)
    };
    let n_sums = tensors.iter().map(n_cubes).sum::<usize>();
    let Some(cube_device) = cube_device(device) else { unreachable!("`is_for` was true of the device") };
    if n_sums == 0 {
        return Tensor::zeros([1], device);
    }
    let client = cube_device.client();
    let sums = empty_device_contiguous_dtype(client.clone(), cube_device, Shape::new([n_sums]), DType::F32);
    let mut place = 0;
    for tensor in tensors {
        let n_cubes = n_cubes(&tensor);
        add_squares::launch(
            &client,
            CubeCount::new_1d(n_cubes as u32),
            CubeDim::new_1d(N_UNITS),
            plain(tensor).into_buffer_arg(),
            sums.clone().into_buffer_arg(),
            place as u32,
        );
        place += n_cubes;
    }
    Tensor::<1>::from_primitive::<Cube>(sums).sum()
}

/// The factors of a dropout: `scale` where an element is kept, 0 elsewhere. The flags travel as bits.
pub(crate) fn dropout_factors<const D: usize>(
    keep: &[u8],
    scale: f32,
    shape: [usize; D],
    device: &Device,
) -> Tensor<D> {
    let Some(cube_device) = cube_device(device) else { unreachable!("`is_for` was true of the device") };
    let word =
        |flags: &[u8]| flags.iter().enumerate().fold(0u32, |word, (place, keep)| word | u32::from(*keep) << place);
    let words: Vec<u8> = keep.chunks(N_FLAGS).flat_map(|flags| word(flags).to_le_bytes()).collect();
    let client = cube_device.client();
    let n_words = Shape::new([words.len() / size_of::<u32>()]);
    let handle = client.create_from_slice(&words);
    let words = CubeTensor::new_contiguous(client.clone(), cube_device.clone(), n_words, handle, DType::U32);
    let factors = empty_device_contiguous_dtype(client.clone(), cube_device, Shape::from(shape), DType::F32);
    let cube_dim = CubeDim::new(&client, keep.len());
    spread_flags::launch(
        &client,
        calculate_cube_count_elemwise(&client, keep.len(), cube_dim),
        cube_dim,
        words.into_buffer_arg(),
        factors.clone().into_buffer_arg(),
        scale,
    );
    let factors = Tensor::from_primitive::<Cube>(factors);
    if device.is_autodiff() { Tensor::from_inner(factors) } else { factors }
}

/// As `sbert_kernels::adamw::adamw`, a value a unit.
#[cube(launch)]
#[expect(clippy::too_many_arguments, reason = "a kernel takes buffers and numbers, one by one")]
fn take_step(
    values: &mut [f32],
    first: &mut [f32],
    second: &mut [f32],
    gradient: &[f32],
    factor: &[f32],
    beta_1: f32,
    one_minus_beta_1: f32,
    beta_2: f32,
    one_minus_beta_2: f32,
    step_size: f32,
    second_correction: f32,
    epsilon: f32,
    decay_factor: f32,
) {
    if ABSOLUTE_POS < values.len() {
        let gradient = gradient[ABSOLUTE_POS] * factor[0];
        let m = first[ABSOLUTE_POS] * beta_1 + gradient * one_minus_beta_1;
        let v = second[ABSOLUTE_POS] * beta_2 + gradient * gradient * one_minus_beta_2;
        first[ABSOLUTE_POS] = m;
        second[ABSOLUTE_POS] = v;
        let change = m / (v.sqrt() / second_correction + epsilon) * step_size;
        values[ABSOLUTE_POS] = values[ABSOLUTE_POS] * decay_factor - change;
    }
}

/// Sums of squares, one a cube, from `sums[start]` on.
#[cube(launch)]
fn add_squares(values: &[f32], sums: &mut [f32], start: u32) {
    let mut partial = Shared::<[f32]>::new_slice(N_UNITS as usize);
    let unit = UNIT_POS as usize;
    let stride = (CUBE_COUNT as u32 * CUBE_DIM) as usize;
    let mut sum = 0.0f32;
    let mut place = ABSOLUTE_POS;
    while place < values.len() {
        sum += values[place] * values[place];
        place += stride;
    }
    partial[unit] = sum;
    sync_cube();
    let mut n_left = CUBE_DIM / 2;
    while n_left > 0 {
        if UNIT_POS < n_left {
            let other = partial[unit + n_left as usize];
            partial[unit] += other;
        }
        sync_cube();
        n_left /= 2;
    }
    if UNIT_POS == 0 {
        sums[start as usize + CUBE_POS] = partial[0];
    }
}

/// A factor for each flag.
#[cube(launch)]
fn spread_flags(words: &[u32], factors: &mut [f32], scale: f32) {
    if ABSOLUTE_POS < factors.len() {
        let word = words[ABSOLUTE_POS / N_FLAGS];
        let flag = (word >> ((ABSOLUTE_POS % N_FLAGS) as u32)) & 1u32;
        factors[ABSOLUTE_POS] = f32::cast_from(flag) * scale;
    }
}
