//! Copying blocks of the operands to where the kernel reads them from first to last.

use super::Matrix;
use super::panel::PANEL_WIDTH;
use crate::simd::F32x4;

/// Panels that are packed together: eight may lie so that they need the same lines of the first-level cache, which are as
/// many on most processors.
const N_TOGETHER: usize = 8;

/// A row of a panel. It lies within a cache line, because a vector that crosses from one line to the next costs twice.
#[derive(Clone, Copy, Debug)]
#[repr(C, align(32))]
pub(super) struct PanelRow([f32; PANEL_WIDTH]);

/// Pack `n_columns` columns of `b`, `depth` rows deep, as panels one after the other; a last one that is not full is
/// filled up with zeros.
pub(super) fn columns(panels: &mut Vec<PanelRow>, b: Matrix<'_>, depth: usize, n_columns: usize) {
    let n_rows = n_columns.div_ceil(PANEL_WIDTH) * depth;
    if panels.len() < n_rows {
        panels.resize(n_rows, PanelRow([0.0; PANEL_WIDTH]));
    }
    let panels = &mut panels[..n_rows];
    let n_whole = n_columns / PANEL_WIDTH;
    if n_whole * depth < n_rows {
        panels[n_whole * depth..].fill(PanelRow([0.0; PANEL_WIDTH]));
    }
    if !b.is_row_major() {
        for (panel_idx, panel) in panels.chunks_exact_mut(depth).enumerate() {
            let first_column = panel_idx * PANEL_WIDTH;
            let width = PANEL_WIDTH.min(n_columns - first_column);
            let values = &b.values[first_column * b.column_stride..];
            transpose(values, b.column_stride, [width, depth], flattened_mut(panel), PANEL_WIDTH);
        }
        return;
    }
    // Several panels together take whole cache lines of each row, one after the other; the next row may be pages away.
    for (group_idx, group) in panels.chunks_mut(depth * N_TOGETHER).enumerate() {
        let first_column = group_idx * N_TOGETHER * PANEL_WIDTH;
        let width = (N_TOGETHER * PANEL_WIDTH).min(n_columns - first_column);
        for k in 0..depth {
            let (parts, rest) = b.values[k * b.row_stride + first_column..][..width].as_chunks::<PANEL_WIDTH>();
            for (panel_idx, part) in parts.iter().enumerate() {
                group[panel_idx * depth + k].0 = *part;
            }
            if !rest.is_empty() {
                group[parts.len() * depth + k].0[..rest.len()].copy_from_slice(rest);
            }
        }
    }
}

/// Pack `n_rows` rows of `a`, which is column-major, `depth` values each, without gaps.
pub(super) fn rows(packed: &mut Vec<f32>, a: Matrix<'_>, n_rows: usize, depth: usize) {
    let n_values = n_rows * depth;
    if packed.len() < n_values {
        packed.resize(n_values, 0.0);
    }
    transpose(a.values, a.column_stride, [depth, n_rows], &mut packed[..n_values], depth);
}

/// The values of a panel.
pub(super) fn flattened(panel: &[PanelRow]) -> &[f32] {
    // SAFETY: a row is its eight values and nothing else: their 32 bytes are its alignment.
    unsafe { core::slice::from_raw_parts(panel.as_ptr().cast(), panel.len() * PANEL_WIDTH) }
}

fn flattened_mut(panel: &mut [PanelRow]) -> &mut [f32] {
    // SAFETY: as in `flattened`.
    unsafe { core::slice::from_raw_parts_mut(panel.as_mut_ptr().cast(), panel.len() * PANEL_WIDTH) }
}

/// The transpose of `n_lines` lines of `length` values each.
fn transpose(
    source: &[f32],
    source_stride: usize,
    [n_lines, length]: [usize; 2],
    target: &mut [f32],
    target_stride: usize,
) {
    // Sixteen lines fill cache lines of the target from first to last.
    for first_line in (0..n_lines).step_by(16) {
        let lines_here = first_line..n_lines.min(first_line + 16);
        let whole_lines = lines_here.start..lines_here.end - lines_here.len() % 4;
        let n_whole = length - length % 4;
        for k in (0..n_whole).step_by(4) {
            for line in whole_lines.clone().step_by(4) {
                let four = core::array::from_fn(|idx| F32x4::load(&source[(line + idx) * source_stride + k..]));
                for (idx, column) in F32x4::transpose(four).into_iter().enumerate() {
                    column.store(&mut target[(k + idx) * target_stride + line..]);
                }
            }
        }
        for line in lines_here {
            let is_done = if whole_lines.contains(&line) { n_whole } else { 0 };
            for k in is_done..length {
                target[k * target_stride + line] = source[line * source_stride + k];
            }
        }
    }
}
