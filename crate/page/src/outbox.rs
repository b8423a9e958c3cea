//! Which events are posted together.

use sbert_lab::protocol::Event;

/// Between two messages about steps. Where the embeddings are kept thousands of steps are taken in a second: a message for
/// each would leave the page no time to draw them, and none to ask.
const STEPS_EVERY_SECS: f64 = 0.1;

/// Steps that are to be told together, in their order and before what else is told after them.
#[derive(Default)]
pub struct Outbox {
    steps: Vec<Event>,
    told_at_secs: f64,
}

impl Outbox {
    /// What to post, now that `event` has come.
    pub fn add(&mut self, event: Event, now_secs: f64) -> Vec<Event> {
        match event {
            // An answer does not wait until steps are drawn.
            Event::Compared { .. } => return vec![event],
            Event::Stepped { .. } => {
                self.steps.push(event);
                if now_secs - self.told_at_secs < STEPS_EVERY_SECS {
                    return Vec::new();
                }
                self.told_at_secs = now_secs;
            }
            _ => self.steps.push(event),
        }
        std::mem::take(&mut self.steps)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use sbert::infer::Comparison;
    use sbert::train::StepReport;

    fn step(step: usize) -> Event {
        let report = StepReport {
            step,
            n_steps: 9,
            epoch: 1,
            losses: BTreeMap::new(),
            loss: 1.0,
            learning_rate: 0.0,
            head_learning_rate: 0.0,
            gradient_norm: 1.0,
            fraction_done: 0.5,
        };
        Event::Stepped { run: 1, report, step_secs: 0.01 }
    }

    fn told(events: &[Event]) -> Vec<String> {
        let name = |event: &Event| match event {
            Event::Stepped { report, .. } => report.step.to_string(),
            other => format!("{other:?}").split(' ').next().unwrap_or_default().to_owned(),
        };
        events.iter().map(name).collect()
    }

    #[test]
    fn fast_steps_are_told_together_in_their_order_and_before_what_comes_after_them() {
        let mut outbox = Outbox::default();
        let mut check = |event, now_secs, expect: &[&str]| assert_eq!(told(&outbox.add(event, now_secs)), expect);
        check(step(1), 1.0, &["1"]);
        check(step(2), 1.01, &[]);
        check(step(3), 1.09, &[]);
        check(step(4), 1.11, &["2", "3", "4"]);
        check(step(5), 1.12, &[]);
        let before = Comparison { cosine: 1.0, probabilities: Vec::new() };
        let answer = Event::Compared { request: 2, classes: Vec::new(), before, after: None, truncated: false };
        check(answer, 1.13, &["Compared"]);
        check(Event::Paused { run: 1 }, 1.14, &["5", "Paused"]);
        check(step(6), 9.0, &["6"]);
        check(step(7), 9.5, &["7"]);
    }
}
