//! A run that several replicas share, each on a thread of its own, against the run of one.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use crate::small_run::{PAD_ID, model, model_on, table, weights};
use burn::tensor::Device;
use sbert::Error;
use sbert::infer::Evaluation;
use sbert::replicas::{Alone, Replicas};
use sbert::train::{FreezeStrategy, Session, StepReport, TrainConfig};

type Parts = Vec<Vec<f32>>;

/// One replica of a run on threads: everybody sends everybody its parts.
struct OnThread {
    rank: usize,
    /// By rank; none for this one.
    peers: Vec<Option<(Sender<Parts>, Receiver<Parts>)>>,
}

fn replicas(n_replicas: usize) -> Vec<OnThread> {
    let mut all: Vec<OnThread> = (0..n_replicas).map(|rank| OnThread { rank, peers: Vec::new() }).collect();
    for a in 0..n_replicas {
        all[a].peers.resize_with(n_replicas, || None);
        for b in 0..a {
            let ((to_a, from_b), (to_b, from_a)) = (channel(), channel());
            all[a].peers[b] = Some((to_b, from_b));
            all[b].peers[a] = Some((to_a, from_a));
        }
    }
    all
}

impl Replicas for OnThread {
    fn rank(&self) -> usize {
        self.rank
    }

    fn n_replicas(&self) -> usize {
        self.peers.len()
    }

    async fn sum(&mut self, parts: &mut [Vec<f32>]) -> Result<(), Error> {
        let lost = || Error::Replica { problem: "its thread has ended".to_owned() };
        for (to, _) in self.peers.iter().flatten() {
            to.send(parts.to_vec()).map_err(|_| lost())?;
        }
        let mut sums: Vec<Vec<f32>> = parts.iter().map(|part| vec![0.0; part.len()]).collect();
        for peer in &self.peers {
            let of_rank = match peer {
                Some((_, from)) => from.recv().map_err(|_| lost())?,
                None => parts.to_vec(),
            };
            for (sum, value) in sums.iter_mut().flatten().zip(of_rank.iter().flatten()) {
                *sum += value;
            }
        }
        parts.clone_from_slice(&sums);
        Ok(())
    }
}

/// Batches of 7 and one of 6 pairs; dropout on, as every replica must drop what one worker would.
fn config(freeze: FreezeStrategy) -> TrainConfig {
    TrainConfig { freeze, epochs: 2, batch_size: 7, learning_rate: 1e-3, dropout: 0.1, ..TrainConfig::default() }
}

async fn steps(session: &mut Session, replicas: &mut impl Replicas, n_steps: usize) -> Vec<StepReport> {
    let mut reports = Vec::new();
    while reports.len() < n_steps
        && let Some(submitted) = session.submit(replicas).await.unwrap()
    {
        reports.push(submitted.report().await.unwrap());
    }
    reports
}

/// What a replica has at the end of a run.
struct Outcome {
    reports: Vec<StepReport>,
    weights: Vec<(String, Vec<f32>)>,
}

/// The run on so many replicas.
fn shared_run(n_replicas: usize, device: &Device, config: &TrainConfig) -> Vec<Outcome> {
    let on_thread = |mut replica: OnThread| {
        let (config, device) = (config.clone(), device.clone());
        thread::spawn(move || {
            let mut session = Session::new(&model_on(&device), table(), PAD_ID, config).unwrap();
            let reports = pollster::block_on(steps(&mut session, &mut replica, usize::MAX));
            Outcome { reports, weights: weights(&session.model()) }
        })
    };
    let threads: Vec<_> = replicas(n_replicas).into_iter().map(on_thread).collect();
    threads.into_iter().map(|thread| thread.join().unwrap()).collect()
}

fn assert_same_run(shared: &[StepReport], alone: &[StepReport], what: &str) {
    assert_eq!(shared.len(), alone.len(), "{what}");
    for (shared, alone) in shared.iter().zip(alone) {
        let (a, b) = (shared.loss, alone.loss);
        assert!((a - b).abs() <= 1e-5 * b.abs(), "{what}, step {}: loss {a} against {b}", alone.step);
        let (a, b) = (shared.gradient_norm, alone.gradient_norm);
        assert!((a - b).abs() <= 1e-4 * b, "{what}, step {}: gradient norm {a} against {b}", alone.step);
        assert_eq!(shared.fraction_done, alone.fraction_done, "{what}");
    }
}

const STRATEGIES: [FreezeStrategy; 4] = [
    FreezeStrategy::Nothing,
    FreezeStrategy::Head,
    FreezeStrategy::AllButLast { n_layers: 1 },
    FreezeStrategy::Backbone,
];

fn check(device: &Device, n_replicas: usize, freeze: FreezeStrategy) {
    check_config(device, n_replicas, &config(freeze));
}

fn check_config(device: &Device, n_replicas: usize, config: &TrainConfig) {
    let what = format!("{n_replicas} replicas, {config:?} on {device:?}");
    let alone = shared_run(1, device, config).swap_remove(0);
    let shared = shared_run(n_replicas, device, config);
    assert_same_run(&shared[0].reports, &alone.reports, &what);
    for other in &shared[1..] {
        let numbers = |reports: &[StepReport]| -> Vec<[f64; 2]> {
            reports.iter().map(|report| [report.loss, report.gradient_norm]).collect()
        };
        let (own, first) = (numbers(&other.reports), numbers(&shared[0].reports));
        assert_eq!(own, first, "{what}: the replicas' numbers are not the same");
        for ((path, a), (_, b)) in other.weights.iter().zip(&shared[0].weights) {
            assert!(a == b, "{what}: {path} is not the same on every replica");
        }
    }
}

#[test]
fn replicas_give_the_losses_of_one_and_stay_the_same() {
    for freeze in STRATEGIES {
        for n_replicas in [2, 3] {
            check(&Device::flex(), n_replicas, freeze);
        }
    }
}

#[test]
#[expect(deprecated, reason = "the general path, which flex's own layers are compared with")]
fn replicas_work_on_a_backend_that_pads_too() {
    check(&Device::ndarray(), 2, FreezeStrategy::Nothing);
}

/// CoSENT compares the pairs of a batch with each other, also those of different replicas.
#[test]
fn an_objective_over_the_whole_batch_is_that_of_one_worker() {
    for (n_replicas, classification_weight, batch_size) in [(2, 1.0, 7), (3, 0.0, 7), (3, 0.0, 2)] {
        let config = TrainConfig {
            classification_weight,
            regression_weight: 0.0,
            cosent_weight: 1.0,
            batch_size,
            epochs: 1,
            ..config(FreezeStrategy::Nothing)
        };
        check_config(&Device::flex(), n_replicas, &config);
    }
}

#[test]
fn more_replicas_than_pairs_leave_some_without_work() {
    let config = TrainConfig { batch_size: 2, epochs: 1, ..config(FreezeStrategy::AllButLast { n_layers: 1 }) };
    let alone = shared_run(1, &Device::flex(), &config).swap_remove(0);
    let shared = shared_run(3, &Device::flex(), &config).swap_remove(0);
    assert_same_run(&shared.reports, &alone.reports, "3 replicas, batches of 2");
}

#[test]
fn a_session_that_loses_its_replicas_goes_on_alone() {
    let config = config(FreezeStrategy::AllButLast { n_layers: 1 });
    let alone = shared_run(1, &Device::flex(), &config).swap_remove(0);
    let [mut first, mut second] = <[OnThread; 2]>::try_from(replicas(2)).ok().unwrap();
    let its_config = config.clone();
    let other = thread::spawn(move || {
        let mut session = Session::new(&model(), table(), PAD_ID, its_config).unwrap();
        pollster::block_on(steps(&mut session, &mut second, 3));
    });
    let mut session = Session::new(&model(), table(), PAD_ID, config).unwrap();
    let reports = pollster::block_on(async {
        let mut reports = steps(&mut session, &mut first, 3).await;
        other.join().unwrap();
        let error = session.submit(&mut first).await.err().unwrap();
        assert!(matches!(error, Error::Replica { .. }), "{error}");
        reports.extend(steps(&mut session, &mut Alone, usize::MAX).await);
        reports
    });
    assert_same_run(&reports, &alone.reports, "alone from step 4 on");
}

#[test]
fn an_evaluation_is_encoded_in_shares() {
    let alone = pollster::block_on(Evaluation::new(table(), PAD_ID).unwrap().scores(&model())).unwrap();
    let on_thread = |mut replica: OnThread| {
        thread::spawn(move || {
            pollster::block_on(async {
                let mut evaluation = Evaluation::new(table(), PAD_ID).unwrap();
                while evaluation.encode_next(&model(), &mut replica).await.unwrap() {}
                evaluation.scores(&model()).await.unwrap()
            })
        })
    };
    let threads: Vec<_> = replicas(2).into_iter().map(on_thread).collect();
    for thread in threads {
        let scores = thread.join().unwrap();
        let (a, b) = (scores.classification_loss.unwrap(), alone.classification_loss.unwrap());
        assert!((a - b).abs() < 1e-6, "{a} against {b}");
        assert_eq!(scores.accuracy, alone.accuracy);
    }
}
