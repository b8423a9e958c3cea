//! When a run is saved: a GPU may be lost, a tab closed, a browser may crash.

/// At least so many steps lie between two checkpoints.
const MIN_STEPS: usize = 10;
/// At most so many steps lie between two checkpoints, so at most so many are lost, and the one in flight.
const MAX_STEPS: usize = 50;
/// Steps over a frozen encoder take milliseconds: what is lost is worth less than so many seconds of training.
const MIN_SECS: f64 = 2.0;
/// Checkpoints may take this fraction of the training's time before they become rarer: reading a whole model and its
/// optimiser back takes as long as several steps.
const TIME_FRACTION: f64 = 0.05;
/// Bytes of a trained parameter in a checkpoint: the value and AdamW's two moments, in f32.
const BYTES_PER_PARAM: usize = 12;
/// A larger checkpoint is not made, as the file and its copy would take too much of a tab's 4 GiB: such a run starts
/// again when it is lost. BERT-base trained whole would have 1.3 GB, MiniLM has 0.27.
const MAX_BYTES: usize = 512 << 20;

/// Decides after each step whether a checkpoint is due.
#[derive(Debug)]
pub struct CheckpointPacing {
    /// False if nobody keeps checkpoints, or where the file would be too large.
    is_on: bool,
    last_step: usize,
    /// Seconds of training at the last checkpoint.
    last_training_secs: f64,
    /// Seconds that all checkpoints took.
    secs: f64,
}

impl CheckpointPacing {
    /// The pacing of a run that trains `n_trained` parameters and has done `step` steps.
    pub fn new(n_trained: usize, step: usize) -> Self {
        Self { is_on: n_trained <= MAX_BYTES / BYTES_PER_PARAM, last_step: step, ..Self::never() }
    }

    /// No checkpoints.
    pub fn never() -> Self {
        Self { is_on: false, last_step: 0, last_training_secs: 0.0, secs: 0.0 }
    }

    /// True if checkpoints are made at all.
    pub fn is_on(&self) -> bool {
        self.is_on
    }

    /// Is a checkpoint due after `step` steps that took `training_secs` in all?
    pub fn is_due(&self, step: usize, training_secs: f64) -> bool {
        let n_steps = step - self.last_step;
        let is_cheap = self.secs <= TIME_FRACTION * training_secs;
        let is_worth_it = training_secs - self.last_training_secs >= MIN_SECS;
        self.is_on && is_worth_it && (n_steps >= MAX_STEPS || (n_steps >= MIN_STEPS && is_cheap))
    }

    /// Have steps been done since the last checkpoint?
    pub fn is_behind(&self, step: usize) -> bool {
        self.is_on && step > self.last_step
    }

    /// A checkpoint was made after `step` steps, which took `training_secs` in all, and itself took `secs`.
    pub fn made(&mut self, step: usize, training_secs: f64, secs: f64) {
        self.last_step = step;
        self.last_training_secs = training_secs;
        self.secs += secs;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Steps after which a run of 200 steps of `step_secs` makes a checkpoint, if one takes `secs`.
    fn steps(mut pacing: CheckpointPacing, step_secs: f64, secs: f64) -> Vec<usize> {
        let due = (1..=200).filter(|&step| {
            let training_secs = step as f64 * step_secs;
            let is_due = pacing.is_due(step, training_secs);
            if is_due {
                pacing.made(step, training_secs, secs);
            }
            is_due
        });
        due.collect()
    }

    #[test]
    fn cheap_checkpoints_are_frequent_and_slow_ones_come_in_time() {
        assert_eq!(steps(CheckpointPacing::new(1_000, 0), 0.5, 0.01)[..3], [10, 20, 30]);
        assert_eq!(steps(CheckpointPacing::new(22_000_000, 0), 0.5, 60.0), [10, 60, 110, 160]);
    }

    #[test]
    fn short_steps_are_not_worth_one_each() {
        assert_eq!(steps(CheckpointPacing::new(1_000, 0), 0.03125, 0.001), [64, 128, 192]);
    }

    #[test]
    fn what_nobody_keeps_or_can_hold_is_not_saved() {
        assert!(steps(CheckpointPacing::never(), 0.5, 0.01).is_empty());
        assert!(steps(CheckpointPacing::new(110_000_000, 0), 0.5, 1.0).is_empty());
    }

    #[test]
    fn the_end_of_a_run_is_saved_once() {
        let mut pacing = CheckpointPacing::new(1_000, 5);
        assert!(!pacing.is_behind(5));
        assert!(pacing.is_behind(6));
        pacing.made(6, 0.5, 0.1);
        assert!(!pacing.is_behind(6));
    }
}
