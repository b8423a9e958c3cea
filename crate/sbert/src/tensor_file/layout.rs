//! How a tensor lies in a file, beside how it lies in a module.

/// How a tensor lies in the file, seen from ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Layout {
    /// As in our module.
    Same,
    /// PyTorch keeps a linear weight as `[d_output, d_input]`, burn as `[d_input, d_output]`. A square one would load
    /// silently wrong.
    Transposed,
}

/// Rows to columns: `[n_rows, n_columns]` to `[n_columns, n_rows]`. None if there is no memory for it.
pub(crate) fn transpose(values: &[f32], n_rows: usize, n_columns: usize) -> Option<Vec<f32>> {
    let mut transposed = Vec::new();
    transposed.try_reserve_exact(values.len()).ok()?;
    for column in 0..n_columns {
        transposed.extend((0..n_rows).map(|row| values[row * n_columns + column]));
    }
    Some(transposed)
}
