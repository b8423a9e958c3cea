//! The page's copy of all-MiniLM-L6-v2: the same model in half the bytes.
//!
//! Its weights are stored as 16-bit floating-point numbers, and computed with as 32-bit ones. On STS-B, Spearman moves from
//! 0.867163 to 0.867173 (dev) and from 0.820325 to 0.820349 (test), less than a tenth of what would be worth 45 MB more for
//! every visitor.

use super::MINILM;
use super::pinned::{Pinned, pinned};
use crate::files;
use crate::machine::Machine;
use crate::setup::{State, Step};
use anyhow::{Context, Result, bail};
use half::f16;
use half::slice::HalfFloatSliceExt;
use safetensors::tensor::{Dtype, SafeTensors, TensorView};
use std::collections::HashMap;
use std::fs;
use std::path::PathBuf;

/// Lies under `web`, so the page can fetch it.
pub const SERVED: Served = Served { folder: "web/models/all-MiniLM-L6-v2" };

const WEIGHTS: Pinned = pinned("model.safetensors", "553c9ff2a4d968014fb1c66fdb6f2c9dc19b3ac2360ba58a51c69e177e55d765");

/// A copy of [`MINILM`] with smaller weights.
pub struct Served {
    /// Relative to the clone.
    folder: &'static str,
}

impl Step for Served {
    fn name(&self) -> String {
        "the page's copy of all-MiniLM-L6-v2".to_owned()
    }

    fn reason(&self) -> &'static str {
        "the page fine-tunes this encoder (45 MB: weights in half precision)"
    }

    fn state(&self, machine: &Machine) -> Result<State> {
        for pinned in self.files() {
            if !pinned.is_right(&self.folder(machine).join(pinned.name))? {
                return Ok(State::Missing(format!("{} is missing or differs", pinned.name)));
            }
        }
        Ok(State::Present(format!("{} files, hashes verified", self.files().count())))
    }

    fn install(&self, machine: &Machine) -> Result<()> {
        let read = |pinned: &Pinned| {
            let path = MINILM.folder(machine).join(pinned.name);
            fs::read(&path).with_context(|| format!("cannot read {}", path.display()))
        };
        for pinned in self.files() {
            let target = self.folder(machine).join(pinned.name);
            if pinned.is_right(&target)? {
                continue;
            }
            let published = read(pinned)?;
            let bytes = if pinned.name == WEIGHTS.name { in_half_precision(&published)? } else { published };
            files::write_whole(&target, &mut bytes.as_slice())?;
            if !pinned.is_right(&target)? {
                let found = files::sha256(&target)?.unwrap_or_default();
                bail!("{} was made with the hash {found}, and {} is pinned", target.display(), pinned.sha256);
            }
        }
        Ok(())
    }
}

impl Served {
    /// Where it lies.
    pub fn folder(&self, machine: &Machine) -> PathBuf {
        machine.root.join(self.folder)
    }

    /// Its files: those of the published one, with other weights.
    pub fn files(&self) -> impl Iterator<Item = &'static Pinned> {
        MINILM.all_files().filter(|pinned| pinned.name != WEIGHTS.name).chain([&WEIGHTS])
    }
}

/// The same tensors, those of single precision rounded to half precision (to the nearest, ties to even).
fn in_half_precision(file: &[u8]) -> Result<Vec<u8>> {
    let tensors = SafeTensors::deserialize(file).context("the published weights can't be read")?;
    let (_, metadata) = SafeTensors::read_metadata(file).context("the published weights can't be read")?;
    let mut converted = HashMap::new();
    for (name, view) in tensors.tensors() {
        let (dtype, data) = match view.dtype() {
            Dtype::F32 => (Dtype::F16, rounded(view.data())),
            other => (other, view.data().to_vec()),
        };
        converted.insert(name, (dtype, view.shape().to_vec(), data));
    }
    let views = converted
        .iter()
        .map(|(name, (dtype, shape, data))| Ok((name, TensorView::new(*dtype, shape.clone(), data)?)))
        .collect::<Result<Vec<_>>>()?;
    Ok(safetensors::serialize(views, metadata.metadata().clone())?)
}

fn rounded(data: &[u8]) -> Vec<u8> {
    let values: Vec<f32> = data.as_chunks::<4>().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect();
    let mut halves = vec![f16::ZERO; values.len()];
    halves.convert_from_f32_slice(&values);
    halves.reinterpret_cast().iter().flat_map(|bits: &u16| bits.to_le_bytes()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_rounded_to_the_nearest_half() {
        let data: Vec<u8> = [1.0_f32, -0.1, 65_504.0, 1e-8].iter().flat_map(|value| value.to_le_bytes()).collect();
        let halves: Vec<u16> =
            rounded(&data).as_chunks::<2>().0.iter().map(|bytes| u16::from_le_bytes(*bytes)).collect();
        // numpy.array([1, -0.1, 65504, 1e-8], dtype="float32").astype("float16").view("uint16")
        assert_eq!(halves, [0x3c00, 0xae66, 0x7bff, 0x0000]);
    }

    #[test]
    fn other_tensors_stay_as_they_are() {
        let ids: Vec<u8> = [0_i64, 1].iter().flat_map(|id| id.to_le_bytes()).collect();
        let weights: Vec<u8> = [0.5_f32].iter().flat_map(|value| value.to_le_bytes()).collect();
        let file = safetensors::serialize(
            [
                ("ids", TensorView::new(Dtype::I64, vec![2], &ids).unwrap()),
                ("weight", TensorView::new(Dtype::F32, vec![1], &weights).unwrap()),
            ],
            None,
        );
        let converted = in_half_precision(&file.unwrap()).unwrap();
        let tensors = SafeTensors::deserialize(&converted).unwrap();
        let ids_there = tensors.tensor("ids").unwrap();
        assert_eq!((ids_there.dtype(), ids_there.data()), (Dtype::I64, ids.as_slice()));
        let weight = tensors.tensor("weight").unwrap();
        assert_eq!((weight.dtype(), weight.data()), (Dtype::F16, [0x00, 0x38].as_slice()));
    }
}
