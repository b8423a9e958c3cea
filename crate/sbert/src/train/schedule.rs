//! The learning rate as one pure function of the step.

/// Linear rise from 0 over the first steps, then linear fall to 0 (transformers' `get_linear_schedule_with_warmup`).
#[derive(Clone, Copy, Debug)]
pub(super) struct LinearSchedule {
    n_warmup: usize,
    /// Steps of the whole run.
    pub n_steps: usize,
}

impl LinearSchedule {
    /// The warm-up takes `warmup_fraction` of the steps, rounded up, as in transformers' `get_warmup_steps`.
    pub fn new(warmup_fraction: f64, n_steps: usize) -> Self {
        Self { n_warmup: (warmup_fraction * n_steps as f64).ceil() as usize, n_steps }
    }

    /// What the peak rate is multiplied by at a step, counted from 0; with a warm-up the first step's factor is 0.
    pub fn factor(self, step_idx: usize) -> f64 {
        if step_idx < self.n_warmup {
            return step_idx as f64 / self.n_warmup as f64;
        }
        let n_decay = self.n_steps.saturating_sub(self.n_warmup).max(1);
        self.n_steps.saturating_sub(step_idx) as f64 / n_decay as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equals_transformers() {
        // get_linear_schedule_with_warmup(optimizer, 2, 10), the rate of each step before it is taken.
        let expected = [0.0, 0.5, 1.0, 0.875, 0.75, 0.625, 0.5, 0.375, 0.25, 0.125];
        let schedule = LinearSchedule::new(0.15, 10);
        for (step_idx, expected) in expected.into_iter().enumerate() {
            assert!((schedule.factor(step_idx) - expected).abs() < 1e-12, "step {step_idx}");
        }
    }

    #[test]
    fn without_warmup_the_first_step_has_the_whole_rate() {
        assert_eq!(LinearSchedule::new(0.0, 4).factor(0), 1.0);
        assert_eq!(LinearSchedule::new(1.0, 4).factor(3), 0.75);
    }
}
