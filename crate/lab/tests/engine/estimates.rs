//! What runs would train and cost is said before one is started.

use sbert::train::{FreezeStrategy, TrainConfig};
use sbert_lab::protocol::{Command, Event, PairFile, RunEstimate};

use crate::test_lab::{TestLab, config, failure, file};
use crate::test_platform::MemoryFile;

/// From the one that computes least to the one that computes most.
const STRATEGIES: [FreezeStrategy; 4] = [
    FreezeStrategy::Everything,
    FreezeStrategy::Backbone,
    FreezeStrategy::AllButLast { n_layers: 1 },
    FreezeStrategy::Nothing,
];

fn estimates(lab: &mut TestLab, config: TrainConfig, strategies: &[FreezeStrategy]) -> Vec<RunEstimate> {
    let request = lab.number();
    let command = Command::Estimate { request, config, strategies: strategies.to_vec(), n_workers: Some(1) };
    match lab.handle(command).as_slice() {
        [Event::Estimated { request: answered, estimates }] if *answered == request => estimates.clone(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_run_trains_as_many_parameters_as_its_estimate_says() {
    let mut lab = TestLab::loaded();
    let estimates = estimates(&mut lab, config(FreezeStrategy::Everything), &STRATEGIES);
    for (freeze, estimate) in STRATEGIES.into_iter().zip(&estimates) {
        let events = lab.run(config(freeze));
        let trained = events.iter().find_map(|event| match event {
            Event::RunStarted { trainable, .. } => Some(trainable.trained()),
            _ => None,
        });
        assert_eq!(Some(estimate.n_trained), trained, "{freeze:?}");
        assert_eq!(estimate.problem, None);
        assert!(estimate.memory_bytes > 0.0);
    }
    assert!(estimates.is_sorted_by(|less, more| less.flop < more.flop), "{estimates:?}");
}

#[test]
fn a_strategy_that_cannot_be_trained_says_what_its_run_would_say() {
    let mut lab = TestLab::loaded();
    let config = TrainConfig { classification_weight: 0.0, ..config(FreezeStrategy::Backbone) };
    let [estimate] = &estimates(&mut lab, config.clone(), &[FreezeStrategy::Backbone])[..] else { panic!() };
    let (run, mut events) = lab.train(config, 1);
    events.extend(lab.work_to_end());
    events.retain(|event| matches!(event, Event::Failed { .. }));
    assert_eq!(estimate.problem, Some(failure(&events, run).message));
}

#[test]
fn a_sample_stands_for_all_pairs_of_both_splits() {
    let flop = |n_pairs: usize| {
        let mut lab = TestLab::loaded();
        let events = lab.load_pairs(taking_turns(n_pairs), None);
        assert!(matches!(events.last(), Some(Event::CorpusLoaded { .. })), "{events:?}");
        estimates(&mut lab, config(FreezeStrategy::Nothing), &[FreezeStrategy::Nothing])[0].flop
    };
    // Of 400 pairs all are counted, of 1,600 every fourth.
    let ratio = flop(1_600) / flop(400);
    assert!((ratio - 4.0).abs() < 0.1, "{ratio}");
}

/// Pairs of which every other one is held out, as if none of one split were meant to be in a sample.
fn taking_turns(n_pairs: usize) -> PairFile<MemoryFile> {
    let mut text = "split\tsentence_a\tsentence_b\tlabel\tscore\n".to_owned();
    for n in 0..n_pairs {
        let (split, label) = [("train", "yes"), ("held-out", "no")][n % 2];
        text += &format!("{split}\tthe cat sat on mat {n}\ta mat {n}\t{label}\t{}\n", n % 6);
    }
    PairFile { name: "pairs.tsv".to_owned(), blob: file(text) }
}
