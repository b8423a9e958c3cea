//! How sure a difference between two models on the same pairs is: a paired bootstrap.
//!
//! The pairs are drawn again with replacement, both models are scored on the same draw, and the middle 95 % of the
//! differences are the interval (the percentile interval of Efron and Tibshirani 1993, chapter 13; for scores of models as
//! in Koehn 2004). One method serves every score, also those that are no means, such as Spearman's rho.

use std::fmt::{self, Display, Formatter};

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde::Serialize;

use super::predictions::Predictions;
use super::scores::{SCORES, ScoreName, Scores};
use crate::corpus::Pair;

/// Draws of the pairs. With 2,000 the ends of an interval vary by a few hundredths of its width from seed to seed.
const N_DRAWS: usize = 2_000;
/// Pairs that are scored in one piece of work, some milliseconds.
const PAIRS_PER_PIECE: usize = 20_000;
/// Shares of the differences that lie below the ends of the interval.
const ENDS: [f64; 2] = [0.025, 0.975];

/// By how much a score differs from one model to another.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct ScoreChange {
    /// Which score.
    pub score: ScoreName,
    /// The second model's less the first's.
    pub change: f64,
    /// 95 % interval of the difference; none if the score is undefined on some draw of the pairs.
    pub interval: Option<[f64; 2]>,
}

impl Display for ScoreChange {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:+.4}", self.change)?;
        match self.interval {
            Some([low, high]) => write!(formatter, " ({low:+.4} to {high:+.4})"),
            None => Ok(()),
        }
    }
}

/// The comparison of two models on the same pairs, a piece of work at a time.
pub struct PairedBootstrap {
    pairs: Vec<Pair>,
    models: [Predictions; 2],
    rng: ChaCha8Rng,
    n_drawn: usize,
    /// Differences of each score on the draws so far; none if it was undefined on one of them.
    differences: [Option<Vec<f64>>; SCORES.len()],
}

impl PairedBootstrap {
    /// Compare what two models say of the same pairs. The same seed gives the same intervals.
    pub fn new(pairs: &[Pair], first: Predictions, second: Predictions, seed: u64) -> Self {
        let rng = ChaCha8Rng::seed_from_u64(seed);
        let differences = SCORES.map(|_| Some(Vec::new()));
        Self { pairs: pairs.to_vec(), models: [first, second], rng, n_drawn: 0, differences }
    }

    /// Draws done, and draws in all.
    pub fn progress(&self) -> (usize, usize) {
        (self.n_drawn, N_DRAWS)
    }

    /// Score the next draws; `false` if there was none left.
    pub fn advance(&mut self) -> bool {
        let n_pairs = self.pairs.len() as u32;
        let n_draws = (PAIRS_PER_PIECE / self.pairs.len().max(1)).max(1).min(N_DRAWS - self.n_drawn);
        if n_pairs == 0 || n_draws == 0 {
            return false;
        }
        for _ in 0..n_draws {
            let positions: Vec<usize> = (0..n_pairs).map(|_| self.rng.random_range(0..n_pairs) as usize).collect();
            self.draw(&positions);
        }
        self.n_drawn += n_draws;
        true
    }

    /// Score both models on one draw of the pairs: those at `positions`, each as often as it is named.
    pub fn draw(&mut self, positions: &[usize]) {
        let scores = self.models.each_ref().map(|model| model.scores_of(&self.pairs, positions.iter().copied()));
        for (name, differences) in SCORES.into_iter().zip(&mut self.differences) {
            match (difference(&scores, name), differences.as_mut()) {
                (Some(difference), Some(differences)) => differences.push(difference),
                _ => *differences = None,
            }
        }
    }

    /// The differences of all scores that both models have.
    pub fn finish(self) -> Vec<ScoreChange> {
        let scores = self.models.each_ref().map(|model| model.scores(&self.pairs));
        let change = |(score, differences): (ScoreName, Option<Vec<f64>>)| {
            let interval = differences.filter(|differences| !differences.is_empty()).map(interval);
            Some(ScoreChange { score, change: difference(&scores, score)?, interval })
        };
        SCORES.into_iter().zip(self.differences).filter_map(change).collect()
    }
}

fn difference(scores: &[Scores; 2], name: ScoreName) -> Option<f64> {
    Some(name.of(&scores[1])? - name.of(&scores[0])?)
}

/// The ends of the interval, between two differences where they fall there (numpy's `percentile`, linear).
fn interval(mut differences: Vec<f64>) -> [f64; 2] {
    differences.sort_by(f64::total_cmp);
    ENDS.map(|share| {
        let place = share * (differences.len() - 1) as f64;
        let (below, above) = (differences[place.floor() as usize], differences[place.ceil() as usize]);
        below + (above - below) * place.fract()
    })
}
