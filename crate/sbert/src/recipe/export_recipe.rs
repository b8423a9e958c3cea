//! The files of a run that is to be repeated elsewhere.

use super::readme::readme;
use super::run_file::{PAIRS_FILE, RUN_FILE, RUN_FORMAT, RunFile, SCRIPT_FILE};
use super::script::script;
use crate::corpus::{Corpus, write_json_lines};
use crate::error::Error;
use crate::pretrained::FolderFile;

/// The files that repeat `run` on `corpus` elsewhere: `pairs.jsonl`, `run.json`, `train.py` and a `README.md` that says how.
///
/// The pairs' scores go from 0 to 1 and their classes are named, so the run's `classes` and `score_range` are taken from
/// the corpus, whatever the file was that it came from.
///
/// # Errors
/// [`Error::Setting`] for a setting out of range; [`Error::Corpus`] if there are no pairs.
pub fn export_recipe(run: &RunFile, corpus: &Corpus) -> Result<Vec<FolderFile>, Error> {
    run.config.validate()?;
    if corpus.records.is_empty() {
        return Err(Error::Corpus { problem: "there are no pairs to take along".to_owned() });
    }
    let classes = match corpus.records.iter().any(|record| record.label.is_some()) {
        true => corpus.classes.clone(),
        false => Vec::new(),
    };
    let run = RunFile { format: RUN_FORMAT, classes, score_range: [0.0, 1.0], ..run.clone() };
    Ok(vec![
        FolderFile::of_bytes("README.md", readme(&run, corpus).into_bytes()),
        FolderFile::of_bytes(RUN_FILE, run.to_json().into_bytes()),
        FolderFile::of_bytes(SCRIPT_FILE, script(&run).into_bytes()),
        FolderFile::of_bytes(PAIRS_FILE, write_json_lines(corpus)),
    ])
}

#[cfg(test)]
mod tests {
    use super::super::run_file::example;
    use super::*;
    use crate::corpus::{PairRecord, Split};

    fn corpus() -> Corpus {
        let record = |split, label, score| PairRecord {
            id: "1".to_owned(),
            split: Some(split),
            sentence_a: "A dog runs.".to_owned(),
            sentence_b: "A \"dog\"\nsleeps.".to_owned(),
            label,
            score,
        };
        Corpus {
            classes: ["yes", "\"no\"\n"].map(str::to_owned).to_vec(),
            records: vec![record(Split::Train, Some(1), Some(0.5)), record(Split::HeldOut, None, Some(0.25))],
            n_skipped: 0,
        }
    }

    /// One file of an exported run, as text.
    fn text(run: &RunFile, corpus: &Corpus, path: &str) -> String {
        let file = export_recipe(run, corpus).unwrap().into_iter().find(|file| file.path == path).unwrap();
        String::from_utf8(pollster::block_on(file.into_bytes()).unwrap()).unwrap()
    }

    #[test]
    fn the_folder_repeats_the_run() {
        let run = RunFile { score_range: [0.0, 5.0], ..example() };
        let text = |path: &str| text(&run, &corpus(), path);
        let read = RunFile::from_json(RUN_FILE, text(RUN_FILE).as_bytes()).unwrap();
        assert_eq!(read.classes, corpus().classes);
        assert_eq!(read.score_range, [0.0, 1.0]);
        assert_eq!(read.config, run.config);
        assert_eq!(text(PAIRS_FILE).lines().count(), 2);
        assert!(text(SCRIPT_FILE).contains("\nCLASSES = [\"yes\", \"\\\"no\\\"\\u000a\"]\n"), "{}", text(SCRIPT_FILE));
        assert!(text("README.md").contains("1 training pairs and 1 held-out pairs"), "{}", text("README.md"));
    }

    #[test]
    fn pairs_without_a_class_have_no_classes() {
        let mut corpus = corpus();
        corpus.records[0].label = None;
        let run = text(&example(), &corpus, RUN_FILE);
        assert!(RunFile::from_json(RUN_FILE, run.as_bytes()).unwrap().classes.is_empty());
    }

    #[test]
    fn nothing_to_take_along_is_said() {
        let empty = Corpus { records: Vec::new(), ..corpus() };
        assert!(export_recipe(&example(), &empty).err().unwrap().to_string().contains("no pairs"));
    }
}
