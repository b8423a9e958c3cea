//! Rows and the vector that belongs to each of them.

/// Make every row of `rows` the bias.
pub fn fill_rows(rows: &mut [f32], bias: &[f32]) {
    rows.chunks_exact_mut(bias.len()).for_each(|row| row.copy_from_slice(bias));
}

/// Add the sum of all rows to `sum`.
pub fn sum_rows(rows: &[f32], sum: &mut [f32]) {
    for row in rows.chunks_exact(sum.len()) {
        for (sum, value) in sum.iter_mut().zip(row) {
            *sum += value;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bias_goes_to_every_row_and_its_gradient_comes_from_every_row() {
        let mut rows = [0.0; 6];
        fill_rows(&mut rows, &[1.0, 2.0, 3.0]);
        assert_eq!(rows, [1.0, 2.0, 3.0, 1.0, 2.0, 3.0]);
        let mut sum = [10.0; 3];
        sum_rows(&rows, &mut sum);
        assert_eq!(sum, [12.0, 14.0, 16.0]);
    }
}
