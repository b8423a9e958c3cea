//! Work divided among threads: those of the rayon pool that it is done in. A browser has one, and nothing is divided there.

/// Values that a thread takes at least: fewer are done before another one has woken up.
const MIN_VALUES: usize = 1 << 14;

/// How many threads there are.
pub fn n_threads() -> usize {
    #[cfg(not(target_arch = "wasm32"))]
    return rayon::current_num_threads();
    #[cfg(target_arch = "wasm32")]
    return 1;
}

/// Do `work` on every item, each on one thread; the results are in the order of the items.
pub fn map<T: Send, R: Send>(items: Vec<T>, work: impl Fn(T) -> R + Send + Sync) -> Vec<R> {
    #[cfg(not(target_arch = "wasm32"))]
    if items.len() > 1 && n_threads() > 1 {
        use rayon::iter::{IntoParallelIterator, ParallelIterator};
        return items.into_par_iter().map(work).collect();
    }
    items.into_iter().map(work).collect()
}

/// Of `n_values`, as many as a thread takes, in whole blocks of `block`.
pub(crate) fn values_per_thread(n_values: usize, block: usize) -> usize {
    n_values.div_ceil(n_threads()).max(MIN_VALUES).next_multiple_of(block)
}
