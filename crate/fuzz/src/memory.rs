//! How much memory something takes.

use peak_alloc::PeakAlloc;

#[global_allocator]
static ALLOCATIONS: PeakAlloc = PeakAlloc;

/// What something took.
#[derive(Clone, Copy, Debug)]
pub struct Usage {
    /// Most bytes that were allocated at a time, beyond those before.
    pub peak_bytes: usize,
}

/// Do something and measure it. Other threads must allocate nothing meanwhile.
pub fn measured<T>(work: impl FnOnce() -> T) -> (T, Usage) {
    ALLOCATIONS.reset_peak_usage();
    let before = ALLOCATIONS.current_usage();
    let result = work();
    (result, Usage { peak_bytes: ALLOCATIONS.peak_usage().saturating_sub(before) })
}
