//! The settings of a training run: each is described once, in one row of the table in the middle of this file. The fields
//! of [`TrainConfig`], their defaults and [`SETTINGS`] are made of the rows. From [`SETTINGS`] follow the form of the page,
//! the flags of the terminal and their help, the model card, the exported script, and what [`TrainConfig::validate`]
//! refuses.

use serde::{Deserialize, Serialize};

use super::freeze::FreezeStrategy;
use super::value_range::{Value, ValueRange};
use crate::error::Error;
use crate::objective::{Classification, Cosent, Objective, Regression};

/// The description of a setting. The page does not get what only the terminal, the script and this crate use.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Setting {
    /// The field of [`TrainConfig`]. The script has it as a constant, in capitals.
    #[cfg_attr(feature = "typescript", ts(type = "Exclude<keyof TrainConfig, \"freeze\">"))]
    pub name: &'static str,
    /// Its short name in the form and in the model card.
    pub label: &'static str,
    /// What it is, in a sentence.
    pub help: &'static str,
    /// The values that it may have.
    pub range: ValueRange,
    /// The loss that it is the weight of; none if it is no weight.
    pub weight: Option<LossWeight>,
    /// True if the form always shows it; the others are under "More settings".
    pub is_common: bool,
    /// What it is counted in, or what kind of number it is: the flag's placeholder.
    #[serde(skip)]
    pub unit: &'static str,
    /// The flag, if it isn't the name with dashes. The flag of a switch turns it off.
    #[serde(skip)]
    pub flag: Option<&'static str>,
    /// The argument of transformers' `TrainingArguments` that it is; none if the script itself uses the constant.
    #[serde(skip)]
    pub training_argument: Option<&'static str>,
    /// Its value, as a number.
    #[serde(skip)]
    pub get: fn(&TrainConfig) -> f64,
    #[serde(skip)]
    set: fn(&mut TrainConfig, f64),
}

/// The place of a weight in the joint loss, a weighted sum.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct LossWeight {
    /// Index of the weight in the formula: "c" of w_c.
    pub index: &'static str,
    /// What it multiplies.
    pub loss: &'static str,
}

/// What a row doesn't say.
const UNSAID: Setting = Setting {
    name: "",
    label: "",
    help: "",
    // Clipping and the weights of the objectives: a larger one is a slip of the hand.
    range: ValueRange::Real { min: 0.0, max: 1e6, is_below_max: false },
    weight: None,
    is_common: false,
    unit: "number",
    flag: None,
    training_argument: None,
    get: |_| 0.0,
    set: |_, _| (),
};

/// Makes [`TrainConfig`] and [`SETTINGS`] of rows. A row is: the sentence that says what the setting is; the reason for its
/// default; field, type and default; the rest of its [`Setting`].
macro_rules! settings {
    ($($(#[doc = $help:tt])+ $name:ident: $type:ident = $default:expr => { $($about:tt)* })+) => {
        /// Settings of one training run.
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
        #[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
        #[serde(default)]
        pub struct TrainConfig {
            /// What is frozen.
            pub freeze: FreezeStrategy,
            $($(#[doc = $help])+ pub $name: $type,)+
        }

        impl Default for TrainConfig {
            fn default() -> Self {
                // The quickest strategy that learns, so that a first run on a slow machine ends in under a minute.
                Self { freeze: FreezeStrategy::Backbone, $($name: $default,)+ }
            }
        }

        /// Every setting of [`TrainConfig`] but what is frozen, in the order of its fields.
        pub static SETTINGS: &[Setting] = &[$(Setting {
            name: stringify!($name),
            help: concat!($($help),+).trim_ascii(),
            get: |config: &TrainConfig| config.$name.to_number(),
            set: |config: &mut TrainConfig, number: f64| config.$name = Value::from_number(number),
            $($about)*
            ..UNSAID
        },)+];
    };
}

settings! {
    /// Passes over the training pairs.
    // The BERT paper (appendix A.3) fine-tunes for 2 to 4 epochs.
    epochs: usize = 3 => {
        label: "Epochs",
        // No fine-tuning needs more, and the steps of four million pairs can still be counted in 32 bits.
        range: ValueRange::Whole { min: 1, max: 1_000 },
        is_common: true,
        unit: "epochs",
        training_argument: Some("num_train_epochs"),
    }

    /// Pairs in a step.
    // SBERT (section 3.1) and sentence-transformers.
    batch_size: usize = 16 => {
        label: "Batch size",
        // Beyond it the activations of a step do not fit the memory of a tab.
        range: ValueRange::Whole { min: 1, max: 1_024 },
        is_common: true,
        unit: "pairs",
    }

    /// Peak learning rate of the encoder.
    // Above the BERT paper's 2e-5 to 5e-5: MiniLM is small and 1,000 pairs are few steps. On pairs split off the training
    // pairs it beats 5e-5 where the last two layers are trained, and equals it where everything is.
    learning_rate: f64 = 1e-4 => {
        label: "Learning rate",
        // AdamW changes a weight by about the rate, and the weights of a model are below 100.
        range: ValueRange::Real { min: 0.0, max: 100.0, is_below_max: false },
        is_common: true,
        flag: Some("lr"),
        training_argument: Some("learning_rate"),
    }

    /// Peak learning rate of the classification head.
    // A random linear layer on frozen features needs steps a hundred times larger than pre-trained weights do.
    // Cross-validation on the training pairs, embeddings scaled to length 1 as all-MiniLM-L6-v2's are, gave 0.667 at 1e-2,
    // 0.707 at 3e-2 and 0.708 at 5e-2; where they aren't scaled, 1e-2 to 5e-2 were within a point.
    head_learning_rate: f64 = 3e-2 => {
        label: "Head learning rate",
        range: ValueRange::Real { min: 0.0, max: 100.0, is_below_max: false },
        is_common: true,
        flag: Some("head-lr"),
    }

    /// Fraction of the steps over which the rates rise linearly from zero; then they fall linearly to zero.
    // SBERT: linear warm-up over 10 % of the steps.
    warmup_fraction: f64 = 0.1 => {
        label: "Warm-up",
        range: ValueRange::Real { min: 0.0, max: 1.0, is_below_max: false },
        unit: "fraction",
        flag: Some("warmup"),
    }

    /// Decoupled weight decay of AdamW; biases and layer norms are exempt.
    // sentence-transformers' default.
    weight_decay: f64 = 0.01 => {
        label: "Weight decay",
        // A weight is multiplied by 1 - rate * decay in a step.
        range: ValueRange::Real { min: 0.0, max: 100.0, is_below_max: false },
        training_argument: Some("weight_decay"),
    }

    /// Decay of the second moment of AdamW: how slowly it forgets the size of earlier gradients.
    // PyTorch's and sentence-transformers' default.
    beta_2: f64 = 0.999 => {
        label: "AdamW β₂",
        range: ValueRange::Real { min: 0.0, max: 1.0, is_below_max: true },
        training_argument: Some("adam_beta2"),
    }

    /// Largest global norm of all trained gradients; 0 turns clipping off.
    // transformers' and sentence-transformers' default.
    max_gradient_norm: f64 = 1.0 => {
        label: "Gradient clipping",
        flag: Some("clip"),
        training_argument: Some("max_grad_norm"),
    }

    /// Weight of the cross-entropy in the joint loss.
    classification_weight: f64 = 1.0 => {
        label: "Classification weight",
        weight: Some(LossWeight { index: "c", loss: "cross-entropy of the classes" }),
    }

    /// Weight of the squared error of the cosine in the joint loss.
    // Before training on the demo pairs the cross-entropy is 1.11 and the squared error of the cosine 0.04, so with equal
    // weights the classes win. On pairs split off the training pairs, training the last two layers gave Spearman 0.56 with
    // a weight of 1 and 0.63 with 10, at accuracies of 0.81 and 0.79 (means of two splits).
    regression_weight: f64 = 10.0 => {
        label: "Regression weight",
        weight: Some(LossWeight { index: "r", loss: "squared error of the cosine" }),
    }

    /// Weight of CoSENT, which orders the cosines as the scores are ordered, in the joint loss.
    // SBERT has the two objectives above; this one is for whoever asks for it.
    cosent_weight: f64 = 0.0 => {
        label: "CoSENT weight",
        weight: Some(LossWeight { index: "o", loss: "CoSENT of the cosines" }),
    }

    /// Dropout probability in the trained encoder layers.
    // The BERT paper's 0.1.
    dropout: f64 = 0.1 => {
        label: "Dropout",
        range: ValueRange::Real { min: 0.0, max: 1.0, is_below_max: true },
        unit: "probability",
    }

    /// Seed of the shuffling, of the first weights of the head and of dropout: the same seed gives the same run.
    seed: u32 = 42 => {
        label: "Seed",
        range: ValueRange::Whole { min: 0, max: u32::MAX },
        training_argument: Some("seed"),
    }

    /// Shuffle the pairs in every epoch and batch them by length; otherwise they are batched in file order.
    shuffle: bool = true => {
        label: "Shuffle",
        range: ValueRange::Switch,
        flag: Some("no-shuffle"),
    }
}

impl Setting {
    /// Its name as a flag of the terminal.
    pub fn flag(&self) -> String {
        self.flag.map_or_else(|| self.name.replace('_', "-"), str::to_owned)
    }

    /// Its value as text; that of a switch is one of two words, for off and for on.
    pub fn text(&self, config: &TrainConfig, [off, on]: [&str; 2]) -> String {
        match (self.range, (self.get)(config)) {
            (ValueRange::Switch, value) => if value == 0.0 { off } else { on }.to_owned(),
            (_, value) => value.to_string(),
        }
    }

    /// Check its range.
    ///
    /// # Errors
    /// [`Error::Setting`] with the name, the value and the range.
    pub fn check(&self, value: f64) -> Result<(), Error> {
        if self.range.contains(value) {
            return Ok(());
        }
        Err(Error::Setting { name: self.name, problem: format!("is {value}; use {}", self.range) })
    }

    /// Give it a value.
    ///
    /// # Errors
    /// Those of [`Setting::check`]; the value then stays as it was.
    pub fn set(&self, config: &mut TrainConfig, value: f64) -> Result<(), Error> {
        self.check(value)?;
        (self.set)(config, value);
        Ok(())
    }
}

/// The settings of AdamW, the rate aside.
#[derive(Clone, Copy, Debug)]
pub struct AdamW {
    /// Decay of the first moment.
    pub beta_1: f64,
    /// Decay of the second moment.
    pub beta_2: f64,
    /// Added to the root of the second moment before dividing by it.
    pub epsilon: f64,
    /// Decoupled weight decay.
    pub weight_decay: f64,
}

/// An objective and its weight in the joint loss.
pub type WeightedObjective = (&'static dyn Objective, f64);

impl TrainConfig {
    /// Every objective with its weight, in the order in which losses are reported.
    pub fn objectives(&self) -> [WeightedObjective; 3] {
        [
            (&Classification, self.classification_weight),
            (&Regression, self.regression_weight),
            (&Cosent, self.cosent_weight),
        ]
    }

    /// The settings of AdamW; what isn't a setting of a run is PyTorch's default.
    pub fn adamw(&self) -> AdamW {
        AdamW { beta_1: 0.9, beta_2: self.beta_2, epsilon: 1e-8, weight_decay: self.weight_decay }
    }

    /// Check every setting's range.
    ///
    /// # Errors
    /// [`Error::Setting`] naming the first setting that is out of range, and the range; or that every objective has the
    /// weight 0.
    pub fn validate(&self) -> Result<(), Error> {
        for setting in SETTINGS {
            setting.check((setting.get)(self))?;
        }
        let mut weights = SETTINGS.iter().filter(|setting| setting.weight.is_some());
        if weights.clone().all(|weight| (weight.get)(self) == 0.0)
            && let Some(Setting { name, .. }) = weights.next()
        {
            let others: Vec<&str> = weights.map(|weight| weight.name).collect();
            let problem = format!("and {} are all 0; give at least one objective a weight", others.join(" and "));
            return Err(Error::Setting { name, problem });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defaults_are_valid() {
        assert!(TrainConfig::default().validate().is_ok());
    }

    #[test]
    fn each_bad_setting_is_named() {
        let check = |change: fn(&mut TrainConfig), expect: &str| {
            let mut config = TrainConfig::default();
            change(&mut config);
            let message = config.validate().unwrap_err().to_string();
            assert!(message.contains(expect), "{message}");
        };
        check(|c| c.epochs = 0, "epochs is 0; use a whole number from 1 to 1000");
        check(|c| c.epochs = 1_001, "epochs is 1001; use a whole number from 1 to 1000");
        check(|c| c.epochs = usize::MAX, "; use a whole number from 1 to 1000");
        check(|c| c.batch_size = 0, "batch_size is 0");
        check(|c| c.batch_size = 268_435_456, "batch_size is 268435456; use a whole number from 1 to 1024");
        check(|c| c.learning_rate = f64::NAN, "learning_rate is NaN; use a number from 0 to 100");
        check(|c| c.head_learning_rate = f64::INFINITY, "head_learning_rate is inf");
        check(
            |c| c.learning_rate = 1e39,
            "learning_rate is 1000000000000000000000000000000000000000; use a number from 0 to 100",
        );
        check(|c| c.regression_weight = f64::MAX, "; use a number from 0 to 1000000");
        check(|c| c.weight_decay = -0.1, "weight_decay is -0.1");
        check(|c| c.max_gradient_norm = f64::NAN, "max_gradient_norm");
        check(|c| c.warmup_fraction = 1.5, "warmup_fraction is 1.5; use a number from 0 to 1");
        check(|c| c.dropout = 1.0, "dropout is 1; use a number from 0 to below 1");
        check(
            |c| {
                c.classification_weight = 0.0;
                c.regression_weight = 0.0;
            },
            "classification_weight and regression_weight",
        );
    }

    /// Every row is of the field that it names, is described, and refuses what no setting may be.
    #[test]
    fn every_setting_is_described_and_every_field_is_a_setting() {
        let defaults = TrainConfig::default();
        let fields = serde_json::to_value(&defaults).unwrap();
        assert_eq!(fields.as_object().unwrap().len(), 1 + SETTINGS.len(), "{fields}");
        for setting in SETTINGS {
            let Setting { name, label, help, range, unit, .. } = *setting;
            assert!(!label.is_empty() && !unit.is_empty() && !range.to_string().is_empty(), "{name}");
            assert!(help.ends_with('.') && !help.starts_with(' '), "{name}: {help}");
            // Another value than its default reaches the field, and no other.
            let differs = |value: &f64| range.contains(*value) && *value != (setting.get)(&defaults);
            let other = [0.0, 1.0, 0.5].into_iter().find(differs).unwrap();
            let mut config = defaults.clone();
            setting.set(&mut config, other).unwrap();
            assert_eq!((setting.get)(&config), other, "{name}");
            let changed = serde_json::to_value(&config).unwrap();
            for (field, value) in fields.as_object().unwrap() {
                assert_eq!(changed[field] != *value, field == name, "{name} changes {field}");
            }
            assert!(setting.set(&mut config, f64::NAN).is_err(), "{name}");
            assert_eq!((setting.get)(&config), other, "{name}");
        }
        let mut flags: Vec<String> = SETTINGS.iter().map(Setting::flag).collect();
        flags.sort();
        flags.dedup();
        assert_eq!(flags.len(), SETTINGS.len());
    }

    /// Saved runs, checkpoints and `run.json` hold the settings in this form.
    #[test]
    fn the_json_of_the_settings_stays() {
        let json = serde_json::to_value(TrainConfig::default()).unwrap();
        let expect = serde_json::json!({
            "freeze": {"kind": "backbone"}, "epochs": 3, "batch_size": 16, "learning_rate": 1e-4,
            "head_learning_rate": 0.03, "warmup_fraction": 0.1, "weight_decay": 0.01, "max_gradient_norm": 1.0,
            "classification_weight": 1.0, "regression_weight": 10.0, "dropout": 0.1, "seed": 42, "shuffle": true,
        });
        for (name, value) in expect.as_object().unwrap() {
            assert_eq!(json[name], *value, "{name}");
        }
        let older: TrainConfig = serde_json::from_str(r#"{"epochs": 5}"#).unwrap();
        assert_eq!(older, TrainConfig { epochs: 5, ..TrainConfig::default() });
    }
}
