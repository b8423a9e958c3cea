//! Inverted dropout with a mask that the caller has drawn.

use crate::simd::with_widest_vectors;

/// Which elements stay, and what they are multiplied by.
#[derive(Clone, Copy, Debug)]
pub struct DropoutMask<'a> {
    /// 1 kept, 0 dropped, one for each element.
    pub keep: &'a [u8],
    /// 1 / (1 - probability).
    pub scale: f32,
}

impl DropoutMask<'_> {
    /// Multiply each element by the scale, or by 0.
    pub fn apply(self, values: &mut [f32]) {
        with_widest_vectors(
            #[inline(always)]
            || {
                for (value, keep) in values.iter_mut().zip(self.keep) {
                    *value *= f32::from(*keep) * self.scale;
                }
            },
        );
    }
}
