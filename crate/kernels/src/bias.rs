//! The gradient of a vector that is added to every row.

use crate::simd::with_widest_vectors;

/// Add the sum of all rows to `sum`.
pub fn sum_rows(rows: &[f32], sum: &mut [f32]) {
    with_widest_vectors(
        #[inline(always)]
        || {
            for row in rows.chunks_exact(sum.len()) {
                for (sum, value) in sum.iter_mut().zip(row) {
                    *sum += value;
                }
            }
        },
    );
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simd::on_each_instruction_set;

    #[test]
    fn the_gradient_of_a_bias_comes_from_every_row() {
        on_each_instruction_set(|| {
            let mut sum = [10.0; 3];
            sum_rows(&[1.0, 2.0, 3.0, 1.0, 2.0, 3.0], &mut sum);
            assert_eq!(sum, [12.0, 14.0, 16.0]);
        });
    }
}
