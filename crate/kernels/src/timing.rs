//! Where a training step's time goes. Only the bench has a clock (feature `bench`); everywhere else nothing of this is left.

/// Kinds of work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Matrix products of the linear maps, their biases included.
    Products,
    /// Scores, softmax and context vectors, products included.
    Attention,
    /// Layer norms, activations and dropout.
    ElementWise,
    /// Drawing what dropout drops.
    DropoutMasks,
    /// The optimiser's step, and the gradients' norm.
    Optimizer,
}

/// All parts, in the order of [`spent_millis`].
pub const PARTS: [Part; 5] = [Part::Products, Part::Attention, Part::ElementWise, Part::DropoutMasks, Part::Optimizer];

#[cfg(feature = "bench")]
pub use clocked::{set_clock, spent_millis, timed};

/// Do `work`.
#[cfg(not(feature = "bench"))]
#[inline(always)]
pub fn timed<T>(_part: Part, work: impl FnOnce() -> T) -> T {
    work()
}

#[cfg(feature = "bench")]
mod clocked {
    use std::cell::Cell;

    use super::{PARTS, Part};

    thread_local! {
        static CLOCK: Cell<Option<fn() -> f64>> = const { Cell::new(None) };
        static SPENT: Cell<[f64; PARTS.len()]> = const { Cell::new([0.0; PARTS.len()]) };
    }

    /// Time everything from now on by `clock`, which returns milliseconds.
    pub fn set_clock(clock: fn() -> f64) {
        CLOCK.set(Some(clock));
    }

    /// Milliseconds that each of [`PARTS`] has taken so far.
    pub fn spent_millis() -> [f64; PARTS.len()] {
        SPENT.get()
    }

    /// Do `work` on a part's account. What is timed inside it isn't counted a second time.
    pub fn timed<T>(part: Part, work: impl FnOnce() -> T) -> T {
        let Some(clock) = CLOCK.take() else { return work() };
        let start = clock();
        let result = work();
        let mut spent = SPENT.get();
        spent[part as usize] += clock() - start;
        SPENT.set(spent);
        CLOCK.set(Some(clock));
        result
    }
}

#[cfg(all(test, feature = "bench"))]
mod tests {
    use std::cell::Cell;

    use super::*;

    thread_local! { static NOW: Cell<f64> = const { Cell::new(0.0) }; }

    #[test]
    fn time_goes_to_the_outermost_part() {
        set_clock(|| NOW.get());
        let pass = |millis| NOW.set(NOW.get() + millis);
        timed(Part::Attention, || {
            pass(1.0);
            timed(Part::Products, || pass(2.0));
        });
        pass(4.0);
        timed(Part::Products, || pass(8.0));
        assert_eq!(spent_millis(), [8.0, 3.0, 0.0, 0.0, 0.0]);
    }
}
