//! `train.py`: the run as a script for sentence-transformers, its settings as constants at the top.

use std::fmt::Write;

use super::run_file::RunFile;
use crate::markdown::json_literal;
use crate::train::{SETTINGS, Setting, TrainedLayers};

/// The script but for its settings.
const TEMPLATE: &str = include_str!("train.py");
/// The template's line that the settings take the place of.
const SETTINGS_LINE: &str = "# {settings}\n";

/// Python's words for false and true.
const BOOLEANS: [&str; 2] = ["False", "True"];

/// The script of `run`.
pub(super) fn script(run: &RunFile) -> String {
    TEMPLATE.replacen(SETTINGS_LINE, &settings(run), 1)
}

fn settings(run: &RunFile) -> String {
    let config = &run.config;
    let optional_text = |text: &Option<String>| text.as_deref().map_or_else(|| "None".to_owned(), json_literal);
    let trained = config.freeze.info().trained;
    let n_trained_layers = match trained.layers {
        TrainedLayers::None => "0".to_owned(),
        TrainedLayers::Last(n_layers) => n_layers.to_string(),
        TrainedLayers::All => "None".to_owned(),
    };
    let classes: Vec<String> = run.classes.iter().map(|name| json_literal(name)).collect();
    let mut text = String::new();
    let mut constant = |name: &str, value: String, comment: &str| {
        let comment = if comment.is_empty() { String::new() } else { format!("  # {comment}") };
        let _ = writeln!(text, "{name} = {value}{comment}");
    };
    constant("HUB_ID", optional_text(&run.model.hub_id), "None: the model must be given as a folder");
    constant("REVISION", optional_text(&run.model.revision), "");
    constant(
        "N_LAYERS",
        run.n_layers.map_or_else(|| "None".to_owned(), |n| n.to_string()),
        "first layers taken; None: all",
    );
    constant("MAX_SEQ_LENGTH", run.max_seq_length.to_string(), "tokens");
    constant("CLASSES", format!("[{}]", classes.join(", ")), "");
    constant("TRAINS_EMBEDDINGS", boolean(trained.embeddings), "");
    constant("N_TRAINED_LAYERS", n_trained_layers, "last layers; None: all");
    constant("TRAINS_HEAD", boolean(trained.head), "");
    for setting in SETTINGS {
        constant(&constant_of(setting), setting.text(config, BOOLEANS), setting.help);
    }
    let argument = |setting: &Setting| Some(format!("\"{}\": {}", setting.training_argument?, constant_of(setting)));
    let arguments: Vec<String> = SETTINGS.iter().filter_map(argument).collect();
    constant("TRAINING_ARGUMENTS", format!("{{{}}}", arguments.join(", ")), "by their names in transformers");
    text
}

fn boolean(value: bool) -> String {
    BOOLEANS[usize::from(value)].to_owned()
}

/// The name of a setting's constant.
fn constant_of(setting: &Setting) -> String {
    setting.name.to_uppercase()
}

#[cfg(test)]
mod tests {
    use super::super::run_file::example;
    use super::*;

    #[test]
    fn every_constant_that_the_script_uses_is_set() {
        let script = script(&example());
        assert!(!script.contains(SETTINGS_LINE));
        let is_constant = |word: &&str| {
            word.len() > 3
                && word.contains('_')
                && word.chars().all(|letter| letter.is_ascii_uppercase() || letter == '_')
        };
        let words = script.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_');
        for name in words.filter(is_constant).filter(|name| !["WORLD_SIZE"].contains(name)) {
            assert!(script.contains(&format!("\n{name} = ")), "{name} is used but not set");
        }
    }

    /// A setting that is an argument of the trainer reaches it without a line in the template; others are used there.
    #[test]
    fn every_setting_reaches_the_training() {
        let script = script(&example());
        for setting in SETTINGS {
            let constant = constant_of(setting);
            match setting.training_argument {
                Some(argument) => {
                    assert!(script.contains(&format!("\"{argument}\": {constant}")), "{argument}");
                    // Given twice, Python would refuse it.
                    assert!(!TEMPLATE.contains(&format!(" {argument}=")), "{argument}");
                }
                None => assert!(TEMPLATE.contains(&constant), "{constant} is not used"),
            }
        }
        assert!(TEMPLATE.contains("**TRAINING_ARGUMENTS,"));
    }

    #[test]
    fn names_are_strings_whatever_they_hold() {
        let mut run = example();
        run.model.hub_id = Some("a\"\nimport os #\\".to_owned());
        run.classes = vec!["'''é😀".to_owned()];
        let text = settings(&run);
        assert!(text.contains("HUB_ID = \"a\\\"\\u000aimport os #\\\\\"  #"), "{text}");
        assert!(text.contains("CLASSES = [\"'''\\u00e9😀\"]\n"), "{text}");
        assert_eq!(text.lines().count(), settings(&example()).lines().count());
    }

    #[test]
    fn numbers_are_pythons_too() {
        let mut run = example();
        run.config.learning_rate = 1e-7;
        run.config.dropout = 0.0;
        run.config.shuffle = false;
        let text = settings(&run);
        for expect in
            ["LEARNING_RATE = 0.0000001 ", "DROPOUT = 0 ", "SHUFFLE = False", "N_LAYERS = None", "N_TRAINED_LAYERS = 2"]
        {
            assert!(text.contains(expect), "{expect} is not in\n{text}");
        }
    }
}
