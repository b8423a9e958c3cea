//! The model card, `README.md`: what a folder holds, how it was trained, and how it is used in Python.
//!
//! It imports `train` and `infer`, because it names a run's settings and scores; `pretrained`, which writes the folder,
//! is given its text and so knows neither.

use std::fmt::Write;

use crate::encoder::{Pooling, SentenceEncoderConfig};
use crate::infer::{SCORES, ScoreChange, Scores};
use crate::markdown::{escape, json_literal, write_row};
use crate::train::{AdamW, FreezeStrategy, SETTINGS, TrainConfig, TrainableCounts, TrainedLayers, TrainedParts};

/// What stands for the folder in the card's Python, to be replaced by the reader.
const FOLDER_IN_PYTHON: &str = "path/to/this/folder";

/// Plain facts of a model for its card. Every name may hold any text.
#[derive(Clone, Debug)]
pub struct ModelCard {
    /// What the model is called.
    pub name: String,
    /// What it was made from: a hub id, a folder's name, or how it was drawn.
    pub base_model: String,
    /// The hub id of that, if it is a hub's.
    pub hub_id: Option<String>,
    /// The revision of it, a commit where it is known.
    pub revision: Option<String>,
    /// How it was trained; none for a model as it was loaded or drawn.
    pub training: Option<TrainingRecord>,
}

/// How a model was trained, and what came of it.
#[derive(Clone, Debug)]
pub struct TrainingRecord {
    /// Name of the file of pairs.
    pub data_name: String,
    /// Names of the classes that the head tells apart, in its order; empty if it has learnt none.
    pub classes: Vec<String>,
    /// Pairs it was trained on.
    pub n_train: usize,
    /// Pairs it was scored on.
    pub n_held_out: usize,
    /// The run's settings.
    pub config: TrainConfig,
    /// What the run trained.
    pub trainable: TrainableCounts,
    /// Steps that were taken.
    pub n_steps_done: usize,
    /// Steps of the whole run; more than were taken if it was stopped.
    pub n_steps: usize,
    /// Seconds that training took, if they were measured.
    pub training_secs: Option<f64>,
    /// Scores on the held-out pairs before training.
    pub before: Option<Scores>,
    /// Scores on the held-out pairs after training.
    pub after: Option<Scores>,
    /// By how much they have changed; empty if that was not computed.
    pub changes: Vec<ScoreChange>,
}

impl ModelCard {
    /// The card of a model of this `config`: YAML front matter as sentence-transformers' own cards have it, then Markdown.
    /// `head_classes` are the names of the head's classes if the folder has a head.
    pub fn to_markdown(
        &self,
        config: &SentenceEncoderConfig,
        max_seq_length: usize,
        head_classes: Option<&[String]>,
    ) -> String {
        let mut text = self.front_matter();
        let _ = write!(text, "# {}\n\n", escape(&self.name));
        self.write_description(&mut text, config, max_seq_length, head_classes);
        if let Some(training) = &self.training {
            training.write_recipe(&mut text);
            training.write_scores(&mut text);
        }
        write_usage(&mut text, config, head_classes);
        text
    }

    fn front_matter(&self) -> String {
        let mut text = "---\nlibrary_name: sentence-transformers\npipeline_tag: sentence-similarity\n".to_owned();
        if let Some(hub_id) = &self.hub_id {
            let _ = writeln!(text, "base_model: {}", json_literal(hub_id));
        }
        text.push_str("tags:\n- sentence-transformers\n- sentence-similarity\n- feature-extraction\n---\n\n");
        text
    }

    fn write_description(
        &self,
        text: &mut String,
        config: &SentenceEncoderConfig,
        max_seq_length: usize,
        head_classes: Option<&[String]>,
    ) {
        let pooling = match config.pooling {
            Pooling::Mean => "the mean over its tokens",
            Pooling::Cls => "the vector of its first token",
            Pooling::Max => "the largest value of each dimension over its tokens",
        };
        let scaled = if config.normalizes { ", scaled to length 1" } else { "" };
        let _ = write!(
            text,
            "A sentence encoder ({}, {} layers, {} attention heads): a sentence of up to {max_seq_length} tokens becomes \
             one vector of {} numbers, {pooling}{scaled}. Two sentences are compared by the cosine of their vectors.",
            config.architecture.name(),
            config.n_layers,
            config.n_heads,
            config.d_model
        );
        if head_classes.is_some() {
            text.push_str(
                " A classification head over pairs of sentences lies beside it, in `classifier.safetensors`.",
            );
        }
        let revision = self.revision.as_ref().map(|name| format!(", revision {}", escape(name))).unwrap_or_default();
        let _ = write!(text, "\n\nMade from {}{revision}.\n\n", escape(&self.base_model));
    }
}

impl TrainingRecord {
    fn write_recipe(&self, text: &mut String) {
        let Self { config, trainable, classes, .. } = self;
        let weighted = config.objectives().into_iter().filter(|(_, weight)| *weight > 0.0);
        let objectives: Vec<_> = weighted.map(|(objective, _)| objective.info().description).collect();
        let _ = write!(
            text,
            "## Training\n\nTrained as sentence-BERT ([Reimers and Gurevych 2019](https://arxiv.org/abs/1908.10084)) on {} \
             pairs of sentences from {}: {}.\n\n",
            self.n_train,
            escape(&self.data_name),
            objectives.join(", and ")
        );
        write_row(text, &["Run", "Value"]);
        write_row(text, &["---", "---"]);
        let mut row = |name: &str, value: &str| write_row(text, &[name, value]);
        row("trained", &trained_part(config.freeze, trainable.head > 0));
        row(
            "trained parameters",
            &format!(
                "{} (embeddings {}, layers {}, head {}) of {}",
                trainable.trained(),
                trainable.embeddings,
                trainable.layers,
                trainable.head,
                trainable.total
            ),
        );
        if !classes.is_empty() {
            let names: Vec<String> = classes.iter().map(|name| escape(name)).collect();
            row("classes", &names.join(", "));
        }
        let stopped = if self.n_steps_done < self.n_steps { ", stopped before the end" } else { "" };
        row("steps", &format!("{} of {}{stopped}", self.n_steps_done, self.n_steps));
        let AdamW { beta_1, beta_2, epsilon, .. } = config.adamw();
        row("optimiser", &format!("AdamW (β₁ {beta_1}, β₂ {beta_2}, ε {epsilon:e})"));
        if let Some(secs) = self.training_secs {
            row("training time", &format!("{secs:.0} s"));
        }
        text.push('\n');
        write_row(text, &["Setting", "Value", "What it is"]);
        write_row(text, &["---", "---", "---"]);
        for setting in SETTINGS {
            write_row(text, &[setting.label, &setting.text(config, ["no", "yes"]), setting.help]);
        }
        text.push('\n');
    }

    fn write_scores(&self, text: &mut String) {
        if self.before.is_none() && self.after.is_none() {
            return;
        }
        let _ = write!(text, "## Scores\n\nOn {} held-out pairs.\n\n", self.n_held_out);
        write_row(text, &["Score", "Before", "After", "Change (95 % interval)"]);
        write_row(text, &["---", "---:", "---:", "---:"]);
        let none = || "–".to_owned();
        for score in SCORES {
            let value = |scores: &Option<Scores>| scores.as_ref().and_then(|scores| score.of(scores));
            let (before, after) = (value(&self.before), value(&self.after));
            if before.is_some() || after.is_some() {
                let cell = |value: Option<f64>| value.map_or_else(none, |value| format!("{value:.4}"));
                let change = self.changes.iter().find(|change| change.score == score);
                let change = change.map_or_else(none, ScoreChange::to_string);
                write_row(text, &[score.title(), &cell(before), &cell(after), &change]);
            }
        }
        if self.changes.iter().any(|change| change.interval.is_some()) {
            let _ = write!(text, "\n{INTERVAL_NOTE}\n");
        }
        text.push('\n');
    }
}

/// What an interval says and what it doesn't.
const INTERVAL_NOTE: &str = "The intervals are of a paired bootstrap over the held-out pairs: other pairs of the same kind would \
    change the scores by as much. Another seed of the training is not in them.";

/// What was trained, in words. The head may have stayed as it was where its strategy trains it: without classes.
fn trained_part(freeze: FreezeStrategy, has_trained_head: bool) -> String {
    let TrainedParts { embeddings, layers, .. } = freeze.info().trained;
    let encoder = match layers {
        TrainedLayers::None | TrainedLayers::Last(0) => None,
        TrainedLayers::Last(1) => Some("the last encoder layer".to_owned()),
        TrainedLayers::Last(n_layers) => Some(format!("the last {n_layers} encoder layers")),
        TrainedLayers::All if embeddings => Some("the encoder".to_owned()),
        TrainedLayers::All => Some("the encoder layers".to_owned()),
    };
    match (encoder, has_trained_head) {
        (None, false) => "nothing".to_owned(),
        (None, true) => "the classification head".to_owned(),
        (Some(encoder), false) => encoder,
        (Some(encoder), true) => format!("{encoder} and the classification head"),
    }
}

/// Python that loads the folder. Class names are read from the file, so none stands in the code.
fn write_usage(text: &mut String, config: &SentenceEncoderConfig, head_classes: Option<&[String]>) {
    let _ = write!(
        text,
        "## Use\n\n```bash\npip install -U sentence-transformers\n```\n\n```python\n\
         from sentence_transformers import SentenceTransformer\n\n\
         model = SentenceTransformer(\"{FOLDER_IN_PYTHON}\")\n\
         embeddings = model.encode([\"A dog runs in the park.\", \"An animal is moving.\"])\n\
         print(embeddings.shape)  # (2, {})\n\
         print(model.similarity(embeddings, embeddings))\n```\n",
        config.d_model
    );
    if head_classes.is_some() {
        let _ = write!(
            text,
            "\nThe classes of a pair, in six lines more:\n\n```python\n\
             import json\nimport torch\nfrom safetensors import safe_open\n\n\
             u, v = model.encode([\"A dog runs in the park.\", \"An animal is moving.\"], convert_to_tensor=True)\n\
             with safe_open(\"{FOLDER_IN_PYTHON}/classifier.safetensors\", \"pt\", device=str(u.device)) as head:\n\
             \x20   weight, bias = head.get_tensor(\"weight\"), head.get_tensor(\"bias\")\n\
             \x20   classes = json.loads(head.metadata()[\"classes\"])\n\
             probabilities = torch.softmax(weight @ torch.cat([u, v, (u - v).abs()]) + bias, dim=0)\n\
             print(dict(zip(classes, probabilities.tolist())))\n```\n"
        );
    }
    if config.architecture.has_pooler() {
        text.push_str(
            "\nThe file holds no pooler (the dense layer of BERT's next-sentence task): no embedding depends on it.\n",
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::infer::{ConfusionMatrix, Correlation, ScoreName};

    fn scores(accuracy: f64, spearman: Option<f64>) -> Scores {
        Scores {
            n_pairs: 3,
            classification_loss: Some(1.0),
            regression_loss: None,
            accuracy: Some(accuracy),
            macro_f1: Some(accuracy),
            confusion: Some(ConfusionMatrix::new(2, &[0], &[0])),
            correlation: Some(Correlation { pearson: None, spearman }),
        }
    }

    fn card(name: &str) -> ModelCard {
        ModelCard {
            name: name.to_owned(),
            base_model: name.to_owned(),
            hub_id: Some("owner/name".to_owned()),
            revision: Some("main".to_owned()),
            training: Some(TrainingRecord {
                data_name: name.to_owned(),
                classes: vec!["yes".to_owned(), name.to_owned()],
                n_train: 10,
                n_held_out: 3,
                config: TrainConfig::default(),
                trainable: TrainableCounts { embeddings: 0, layers: 0, head: 6, total: 100 },
                n_steps_done: 2,
                n_steps: 3,
                training_secs: Some(1.4),
                before: Some(scores(0.25, Some(0.5))),
                after: Some(scores(0.75, None)),
                changes: vec![ScoreChange { score: ScoreName::Accuracy, change: 0.5, interval: Some([-0.125, 1.0]) }],
            }),
        }
    }

    fn markdown(name: &str) -> String {
        let config = SentenceEncoderConfig::new(9, 12, 2, 8, 16, 2, 1, 1e-12).with_normalizes(true);
        let classes = ["yes".to_owned(), name.to_owned()];
        card(name).to_markdown(&config, 10, Some(&classes))
    }

    #[test]
    fn the_card_says_what_was_done() {
        let text = markdown("pairs.tsv");
        for expect in [
            "base_model: \"owner/name\"\n",
            "up to 10 tokens becomes one vector of 8 numbers, the mean over its tokens, scaled to length 1.",
            "Made from pairs.tsv, revision main.",
            "| steps | 2 of 3, stopped before the end |",
            "| trained | the classification head |",
            "| optimiser | AdamW (β₁ 0.9, β₂ 0.999, ε 1e-8) |",
            "| Epochs | 3 | Passes over the training pairs. |",
            "| Learning rate | 0.0001 | Peak learning rate of the encoder. |",
            "| Shuffle | yes | ",
            "| accuracy | 0.2500 | 0.7500 | +0.5000 (-0.1250 to +1.0000) |",
            "| Spearman correlation of the cosine with the score | 0.5000 | – | – |",
        ] {
            assert!(text.contains(expect), "{expect} is not in\n{text}");
        }
        assert!(!text.contains("Pearson"), "{text}");
    }

    #[test]
    fn a_name_stays_a_name() {
        let text = markdown("x\n---\n| <img src=x onerror=alert(1)> \"quoted\" ```");
        assert!(text.contains("x --- \\| \\<img src=x onerror=alert(1)\\> \"quoted\" \\`\\`\\`"), "{text}");
        assert!(!text.replace("\\<", "").contains('<'), "{text}");
        assert_eq!(text.lines().filter(|line| *line == "---").count(), 2, "{text}");
        // Every row of a table has as many cells as its first.
        for row in text.lines().filter(|line| line.starts_with("| classes") || line.starts_with("| trained |")) {
            assert_eq!(row.replace("\\|", "").matches('|').count(), 3, "{row}");
        }
    }

    #[test]
    fn an_untrained_model_has_no_training() {
        let config = SentenceEncoderConfig::new(9, 12, 2, 8, 16, 2, 1, 1e-12);
        let text = ModelCard { training: None, hub_id: None, ..card("m") }.to_markdown(&config, 10, None);
        for absent in ["## Training", "## Scores", "base_model", "classifier.safetensors"] {
            assert!(!text.contains(absent), "{absent} is in\n{text}");
        }
    }
}
