//! A small BERT (2 layers of 32) with random weights: forward, gradients and ten training steps. Of a DistilBERT of the same
//! size the same but for the single gradients and the parameters afterwards.

use std::collections::BTreeMap;

use burn::module::{Module, ModuleMapper, Param};
use burn::optim::GradientsParams;
use burn::tensor::{Device, Tensor};
use safetensors::SafeTensors;
use sbert::corpus::{NLI_CLASSES, Pair, PairTable};
use sbert::encoder::{TokenBatch, encode_sentences};
use sbert::model::SentencePairModel;
use sbert::objective::{Objective, PairEmbeddings, PairTargets};
use sbert::pretrained::{load_encoder, load_head, save_encoder, save_head};
use sbert::train::{FreezeStrategy, Losses, Session, StepReport, TrainConfig};
use serde::Deserialize;

use crate::compare::{Comparison, norm};

/// The files of a small model: its folder, and what PyTorch computes with it.
pub struct Files {
    config: &'static [u8],
    model: &'static [u8],
    classifier: &'static [u8],
    oracle: &'static [u8],
}

const BERT: Files = Files {
    config: include_bytes!("tiny_bert/config.json"),
    model: include_bytes!("tiny_bert/model.safetensors"),
    classifier: include_bytes!("tiny_bert/classifier.safetensors"),
    oracle: include_bytes!("tiny_bert/oracle.json"),
};
pub const DISTILBERT: Files = Files {
    config: include_bytes!("tiny_distilbert/config.json"),
    model: include_bytes!("tiny_distilbert/model.safetensors"),
    classifier: include_bytes!("tiny_distilbert/classifier.safetensors"),
    oracle: include_bytes!("tiny_distilbert/oracle.json"),
};
const GRADIENTS: &[u8] = include_bytes!("tiny_bert/gradients.safetensors");
/// Command-line form of each strategy that trains, and the parameters that it trained after the tenth step.
const STRATEGIES: [(&str, &[u8]); 5] = [
    ("backbone", include_bytes!("tiny_bert/after_backbone.safetensors")),
    ("embeddings", include_bytes!("tiny_bert/after_embeddings.safetensors")),
    ("head", include_bytes!("tiny_bert/after_head.safetensors")),
    ("last-1", include_bytes!("tiny_bert/after_last-1.safetensors")),
    ("nothing", include_bytes!("tiny_bert/after_nothing.safetensors")),
];

const FORWARD_TOLERANCE: f64 = 1e-6;
const GRADIENT_TOLERANCE: f64 = 1e-5;
pub const STEP_TOLERANCE: f64 = 1e-5;

const WORD_EMBEDDINGS: &str = "embeddings.word_embeddings.weight";
/// The only tensors that a loss doesn't depend on: a shift of every key by the same vector adds the same number to all
/// scores of a query, which its softmax takes away again. Their gradient is 0, and what a computer finds instead is
/// rounding error, which AdamW scales up to whole steps. So there is nothing to compare relative to.
const KEY_BIAS: &str = "attention.self.key.bias";

#[derive(Deserialize)]
struct Oracle {
    pad_id: u32,
    /// Rows of the word embeddings that the fixtures hold: those in use, and some that aren't.
    word_rows: Vec<usize>,
    sentences: Vec<Vec<u32>>,
    pairs: Vec<PairLabels>,
    batches: Vec<EncodedBatch>,
    gradient: GradientCase,
    training: Training,
    runs: BTreeMap<String, Vec<Step>>,
}

#[derive(Deserialize)]
struct PairLabels {
    sentence_a: usize,
    sentence_b: usize,
    label: Option<usize>,
    score: Option<f32>,
}

#[derive(Deserialize)]
struct EncodedBatch {
    sentences: Vec<usize>,
    embeddings: Vec<Vec<f32>>,
}

#[derive(Deserialize)]
struct GradientCase {
    classification_weight: f64,
    regression_weight: f64,
    classification_loss: f64,
    regression_loss: f64,
    loss: f64,
    gradient_norm: f64,
}

#[derive(Deserialize)]
struct Cosent {
    steps: Vec<CosentStep>,
}

#[derive(Deserialize)]
struct CosentStep {
    loss: f64,
    gradient_norm: f64,
}

#[derive(Deserialize)]
struct Training {
    epochs: usize,
    batch_size: usize,
    learning_rate: f64,
    head_learning_rate: f64,
    warmup_fraction: f64,
    weight_decay: f64,
    max_gradient_norm: f64,
    classification_weight: f64,
    regression_weight: f64,
}

#[derive(Deserialize)]
struct Step {
    classification_loss: Option<f64>,
    regression_loss: Option<f64>,
    loss: f64,
    gradient_norm: f64,
    learning_rate: f64,
    head_learning_rate: f64,
}

/// Tensors by their names in the hub's layout, the head's with `classifier.` before them.
type Tensors = BTreeMap<String, Vec<f32>>;

pub struct TinyBert {
    pub model: SentencePairModel,
    pub table: PairTable,
    pub pad_id: u32,
    oracle: Oracle,
    device: Device,
}

impl TinyBert {
    pub fn load(device: &Device) -> Self {
        Self::of(&BERT, device)
    }

    pub fn of(files: &Files, device: &Device) -> Self {
        let oracle: Oracle = serde_json::from_slice(files.oracle).unwrap();
        let loaded = load_encoder(files.config, files.model, device).unwrap();
        let head = load_head(files.classifier, loaded.config.d_model, device).unwrap().head;
        let pair = |pair: &PairLabels| Pair {
            sentence_a: pair.sentence_a,
            sentence_b: pair.sentence_b,
            label: pair.label,
            score: pair.score,
        };
        Self {
            model: SentencePairModel { encoder: loaded.encoder, head },
            table: PairTable {
                sentences: oracle.sentences.clone(),
                pairs: oracle.pairs.iter().map(pair).collect(),
                n_truncated: 0,
            },
            pad_id: oracle.pad_id,
            oracle,
            device: device.clone(),
        }
    }

    pub fn config(&self, freeze: &str) -> TrainConfig {
        let training = &self.oracle.training;
        TrainConfig {
            freeze: FreezeStrategy::parse(freeze).unwrap(),
            epochs: training.epochs,
            batch_size: training.batch_size,
            learning_rate: training.learning_rate,
            head_learning_rate: training.head_learning_rate,
            warmup_fraction: training.warmup_fraction,
            weight_decay: training.weight_decay,
            max_gradient_norm: training.max_gradient_norm,
            classification_weight: training.classification_weight,
            regression_weight: training.regression_weight,
            dropout: 0.0,
            shuffle: false,
            ..TrainConfig::default()
        }
    }

    pub fn session(&self, config: TrainConfig) -> Session {
        Session::new(&self.model, self.table.clone(), self.pad_id, config).unwrap()
    }

    /// The tensor as the fixtures hold it: of the word embeddings, only some rows.
    fn as_stored(&self, name: &str, values: &[f32]) -> Vec<f32> {
        if name != WORD_EMBEDDINGS {
            return values.to_vec();
        }
        let d_model = self.model.encoder.d_model();
        self.oracle.word_rows.iter().flat_map(|row| &values[row * d_model..(row + 1) * d_model]).copied().collect()
    }
}

/// Embeddings of ragged, padded batches.
pub async fn forward(small: &TinyBert) -> Comparison {
    let mut comparison = Comparison::new("forward", FORWARD_TOLERANCE);
    for batch in &small.oracle.batches {
        let sentences: Vec<&[u32]> =
            batch.sentences.iter().map(|&position| small.oracle.sentences[position].as_slice()).collect();
        let actual = encode_sentences(&small.model.encoder, &sentences, small.pad_id).await.unwrap();
        comparison.tensor(format!("batch of {}", sentences.len()), &actual, &batch.embeddings.concat());
    }
    comparison
}

/// The gradient of the joint loss of all pairs as one batch.
pub async fn gradients(small: &TinyBert) -> Comparison {
    let mut comparison = Comparison::new("gradients", GRADIENT_TOLERANCE);
    let case = &small.oracle.gradient;
    let config = TrainConfig {
        classification_weight: case.classification_weight,
        regression_weight: case.regression_weight,
        ..TrainConfig::default()
    };
    let device = small.device.clone().autodiff();
    let training = small.model.clone().train();
    let pairs = &small.table.pairs;
    let sides = pairs.iter().map(|pair| pair.sentence_a).chain(pairs.iter().map(|pair| pair.sentence_b));
    let sentences: Vec<&[u32]> = sides.map(|position| small.table.sentences[position].as_slice()).collect();
    let stacked = training.encoder.forward(&TokenBatch::new(&sentences, small.pad_id, &device));
    let targets = PairTargets::new(pairs.iter().map(|pair| (pair.label, pair.score)), NLI_CLASSES.len(), &device);
    let embeddings = PairEmbeddings::from_stacked(stacked);
    let loss_of = |objective: &dyn Objective| objective.loss(&training.head, &embeddings, &targets);
    let losses = Losses::of(&config.objectives(), loss_of).unwrap();
    let expected_losses = [
        ("classification loss", &losses.of_objectives[0], case.classification_loss),
        ("regression loss", &losses.of_objectives[1], case.regression_loss),
        ("joint loss", &losses.joint, case.loss),
    ];
    for (name, loss, expected) in expected_losses {
        comparison.number(name, scalar(loss.clone().inner()).await, expected);
    }

    let mut gradients = losses.joint.backward();
    let gradients = GradientsParams::from_module(&mut gradients, &training);
    let n_gradients = gradients.len();
    let actual = tensors(&small.model.clone().map(&mut InPlaceOfValues(gradients))).await;
    assert_eq!(actual.len(), n_gradients, "a parameter without a gradient");
    let total = actual.values().map(|values| norm(values).powi(2)).sum::<f64>().sqrt();
    comparison.number("global norm", total, case.gradient_norm);
    let expected = read(GRADIENTS);
    assert!(expected.keys().eq(actual.keys()), "a parameter is missing on one side");
    for (name, expected) in expected {
        let values = small.as_stored(&name, &actual[&name]);
        if name.ends_with(KEY_BIAS) {
            // Beside the query's, which has the same shape and stands in the same place of the same product.
            comparison.add(name.clone(), norm(&values) / norm(&actual[&name.replace("key", "query")]));
        } else {
            comparison.tensor(name, &values, &expected);
        }
    }
    comparison
}

/// Ten steps of each strategy that `is_chosen`: the losses and gradient norms, and the trained parameters after the tenth.
/// What is frozen must be what it was, bit for bit.
pub async fn ten_steps(small: &TinyBert, is_chosen: impl Fn(&str) -> bool) -> [Comparison; 2] {
    let mut steps = Comparison::new("ten steps", STEP_TOLERANCE);
    let mut parameters = Comparison::new("parameters after them", STEP_TOLERANCE);
    let before = tensors(&small.model).await;
    for (freeze, after) in STRATEGIES.into_iter().filter(|(freeze, _)| is_chosen(freeze)) {
        let mut session = small.session(small.config(freeze));
        let reports = run(&mut session).await;
        compare_steps(&mut steps, freeze, &reports, &small.oracle.runs[freeze]);

        // No parameter moves further than the sum of the rates, whatever its gradient.
        let reach = reports.iter().map(|report| report.learning_rate).sum::<f64>();
        let expected = read(after);
        for (name, actual) in tensors(&session.model()).await {
            let Some(expected) = expected.get(&name) else {
                assert!(actual == before[&name], "{freeze}: {name} is frozen and has moved");
                continue;
            };
            let values = small.as_stored(&name, &actual);
            if name.ends_with(KEY_BIAS) {
                let moved =
                    values.iter().zip(&before[&name]).map(|(a, b)| f64::from((a - b).abs())).fold(0.0, f64::max);
                assert!(moved <= 1.01 * reach, "{freeze}: {name} moved by {moved}");
            } else {
                parameters.tensor(format!("{freeze}: {name}"), &values, expected);
            }
        }
    }
    [steps, parameters]
}

/// Ten steps of every strategy: the losses and gradient norms alone.
pub async fn losses_of_ten_steps(small: &TinyBert) -> Comparison {
    let mut steps = Comparison::new("ten steps", STEP_TOLERANCE);
    for (freeze, expected) in &small.oracle.runs {
        let reports = run(&mut small.session(small.config(freeze))).await;
        compare_steps(&mut steps, freeze, &reports, expected);
    }
    assert_eq!(small.oracle.runs.len(), STRATEGIES.len());
    steps
}

fn compare_steps(comparison: &mut Comparison, freeze: &str, reports: &[StepReport], expected: &[Step]) {
    assert_eq!(reports.len(), expected.len(), "{freeze}");
    for (report, expected) in reports.iter().zip(expected) {
        let place = |quantity: &str| format!("{freeze}, step {}: {quantity}", report.step);
        for (objective, expected) in
            [("classification", expected.classification_loss), ("regression", expected.regression_loss)]
        {
            let actual = report.losses.get(objective).copied();
            match (actual, expected) {
                (Some(actual), Some(expected)) => comparison.number(place(objective), actual, expected),
                _ => assert_eq!(actual, expected, "{}", place(objective)),
            }
        }
        comparison.number(place("joint loss"), report.loss, expected.loss);
        comparison.number(place("gradient norm"), report.gradient_norm, expected.gradient_norm);
        // Host arithmetic in f64; the first rate is 0.
        assert!((report.learning_rate - expected.learning_rate).abs() < 1e-12, "{}", place("rate"));
        assert!((report.head_learning_rate - expected.head_learning_rate).abs() < 1e-12, "{}", place("head's rate"));
    }
}

/// The first steps of a run by CoSENT alone, against `CoSENTLoss` of sentence-transformers.
pub async fn cosent(small: &TinyBert, n_steps: usize) -> Comparison {
    let mut comparison = Comparison::new("CoSENT", STEP_TOLERANCE);
    let oracle: Cosent = serde_json::from_slice(include_bytes!("tiny_bert/cosent.json")).unwrap();
    let config = TrainConfig {
        classification_weight: 0.0,
        regression_weight: 0.0,
        cosent_weight: 1.0,
        ..small.config("nothing")
    };
    let mut session = small.session(config);
    for expected in oracle.steps.iter().take(n_steps) {
        let report = session.step().await.unwrap().unwrap();
        let place = |quantity: &str| format!("step {}: {quantity}", report.step);
        if expected.loss == 0.0 {
            // No pair of the batch has a score.
            assert_eq!((report.losses.len(), report.loss, report.gradient_norm), (0, 0.0, 0.0), "{}", place("nothing"));
            continue;
        }
        comparison.number(place("loss"), report.losses["cosent"], expected.loss);
        comparison.number(place("gradient norm"), report.gradient_norm, expected.gradient_norm);
    }
    comparison
}

pub async fn run(session: &mut Session) -> Vec<StepReport> {
    let mut reports = Vec::new();
    while let Some(report) = session.step().await.unwrap() {
        reports.push(report);
    }
    reports
}

/// All parameters of a model by name, through the code that saves a model.
pub async fn tensors(model: &SentencePairModel) -> Tensors {
    let mut all = read(&save_encoder(&model.encoder).await.unwrap());
    let head = save_head(&model.head, &NLI_CLASSES.map(str::to_owned)).await.unwrap();
    all.extend(read(&head).into_iter().map(|(name, values)| (format!("classifier.{name}"), values)));
    all
}

fn read(file: &[u8]) -> Tensors {
    let file = SafeTensors::deserialize(file).unwrap();
    let values = |bytes: &[u8]| bytes.as_chunks().0.iter().map(|chunk| f32::from_le_bytes(*chunk)).collect();
    file.tensors().into_iter().map(|(name, view)| (name, values(view.data()))).collect()
}

async fn scalar(tensor: Tensor<1>) -> f64 {
    f64::from(tensor.into_data_async().await.unwrap().try_into_vec::<f32>().unwrap()[0])
}

/// Makes a module of gradients, so that they can be saved under the parameters' names.
struct InPlaceOfValues(GradientsParams);

impl ModuleMapper for InPlaceOfValues {
    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        let gradient = self.0.remove::<D>(param.id).expect("every parameter has a gradient");
        param.map(|_| gradient)
    }
}
