//! Copying blocks of the operands into panels, filled up with zeros.

use super::Matrix;
use super::kernel::{MR, NR};

/// Pack `n_rows` rows of `a` into panels `[depth, MR]`.
pub(super) fn rows(
    packed: &mut Vec<f32>,
    a: &Matrix<'_>,
    first_row: usize,
    n_rows: usize,
    first_k: usize,
    depth: usize,
) {
    let values = a.values.get(first_row * a.row_stride + first_k * a.column_stride..).unwrap_or_default();
    panels::<MR>(packed, values, a.row_stride, a.column_stride, n_rows, depth);
}

/// Pack `n_columns` columns of `b` into panels `[depth, NR]`.
pub(super) fn columns(
    packed: &mut Vec<f32>,
    b: &Matrix<'_>,
    first_k: usize,
    depth: usize,
    first_column: usize,
    n_columns: usize,
) {
    let values = b.values.get(first_k * b.row_stride + first_column * b.column_stride..).unwrap_or_default();
    panels::<NR>(packed, values, b.column_stride, b.row_stride, n_columns, depth);
}

/// `n_lines` lines, `line_stride` apart, of `depth` values each, `depth_stride` apart, as panels `[depth, WIDTH]`.
fn panels<const WIDTH: usize>(
    packed: &mut Vec<f32>,
    values: &[f32],
    line_stride: usize,
    depth_stride: usize,
    n_lines: usize,
    depth: usize,
) {
    let n_values = n_lines.div_ceil(WIDTH) * depth * WIDTH;
    if packed.len() < n_values {
        packed.resize(n_values, 0.0);
    }
    for (panel_idx, panel) in packed[..n_values].chunks_exact_mut(depth * WIDTH).enumerate() {
        let first_line = panel_idx * WIDTH;
        let n_here = WIDTH.min(n_lines - first_line);
        let values = &values[first_line * line_stride..];
        let rows = panel.as_chunks_mut::<WIDTH>().0;
        if n_here < WIDTH {
            rows.fill([0.0; WIDTH]);
            for line in 0..n_here {
                for (k, row) in rows.iter_mut().enumerate() {
                    row[line] = values[line * line_stride + k * depth_stride];
                }
            }
        } else if line_stride == 1 {
            for (k, row) in rows.iter_mut().enumerate() {
                row.copy_from_slice(&values[k * depth_stride..][..WIDTH]);
            }
        } else if depth_stride == 1 {
            transpose(rows, values, line_stride, depth);
        } else {
            for (k, row) in rows.iter_mut().enumerate() {
                for (line, value) in row.iter_mut().enumerate() {
                    *value = values[line * line_stride + k * depth_stride];
                }
            }
        }
    }
}

/// WIDTH lines of `depth` values each become `depth` rows of WIDTH.
fn transpose<const WIDTH: usize>(rows: &mut [[f32; WIDTH]], values: &[f32], line_stride: usize, depth: usize) {
    let lines: [&[f32]; WIDTH] = core::array::from_fn(|line| &values[line * line_stride..][..depth]);
    // Reading all lines side by side writes each row once, from first to last.
    for (k, row) in rows.iter_mut().enumerate() {
        for (value, line) in row.iter_mut().zip(&lines) {
            *value = line[k];
        }
    }
}
