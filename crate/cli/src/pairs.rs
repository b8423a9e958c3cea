//! The pairs of a command: a file, and how its labels are understood.

use std::ops::RangeInclusive;
use std::path::Path;

use anyhow::Result;
use clap::Args;
use sbert::corpus::{Corpus, NLI_CLASSES};
use sbert::import::{ImportPass, InspectionPass, ReadOptions, TextEncoding, read_pairs};
use sbert_lab::strict::strict_plan;

use crate::files::read;

/// How the labels of a file of pairs are understood. What isn't given comes from the model's head, then from the file.
#[derive(Args)]
pub struct LabelArguments {
    /// Class names in the head's order; without it those of the model's head, or those found in the file.
    #[arg(long, value_delimiter = ',')]
    pub classes: Option<Vec<String>>,
    /// Lowest and highest score, from which scores are rescaled to 0-1; without it the narrowest usual scale that holds
    /// all scores of the file, such as 0 to 5.
    #[arg(long, value_name = "LOW,HIGH", value_parser = parse_range, allow_hyphen_values = true)]
    pub score_range: Option<RangeInclusive<f32>>,
}

fn parse_range(text: &str) -> Result<RangeInclusive<f32>, String> {
    let parse = |text: &str| text.trim().parse::<f32>().map_err(|cause| format!("{cause}: \"{text}\""));
    let (low, high) = text.split_once(',').ok_or("expected two numbers such as 0,5")?;
    Ok(parse(low)?..=parse(high)?)
}

impl LabelArguments {
    /// Read a file of pairs, strictly: the first row that can't be used refuses it. Rows are held out only where a column
    /// says so. Where the arguments say nothing of the labels, `classes` and `score_range` do, and then the file itself.
    ///
    /// The scale of its scores comes with it, if it has scores, so that another file can be read alike.
    pub fn read(
        &self,
        path: &Path,
        classes: Option<&[String]>,
        score_range: Option<[f64; 2]>,
    ) -> Result<(Corpus, Option<[f64; 2]>)> {
        let (file, bytes) = (path.to_string_lossy(), read(path)?);
        let n_bytes = bytes.len() as u64;
        let inspection = InspectionPass::new(&file, n_bytes, bytes.as_slice())?.finish()?;
        if inspection.encoding == TextEncoding::Windows1252 {
            eprintln!("note: {file} is not UTF-8, so it is read as Windows-1252");
        }
        let mut plan = inspection.plan;
        let given_range = self.score_range.as_ref().map(|range| [f64::from(*range.start()), f64::from(*range.end())]);
        plan.score_range = given_range.or(score_range).unwrap_or(plan.score_range);
        let score_range = plan.score.map(|_| plan.score_range);
        // Too few rows, or too odd ones, to tell by, or the classes asked for weren't seen: then by the columns' names.
        if inspection.question.is_some() || (self.classes.is_some() && plan.label.is_none()) {
            let classes = self.classes.as_deref().or(classes).map(<[String]>::to_vec);
            let classes = classes.unwrap_or_else(|| NLI_CLASSES.map(str::to_owned).to_vec());
            let [low, high] = plan.score_range.map(|bound| bound as f32);
            let corpus = read_pairs(&file, &bytes, &ReadOptions { classes, score_range: low..=high })?;
            return Ok((corpus, score_range));
        }
        if let Some(classes) = self.classes.as_deref().or(classes).filter(|_| plan.label.is_some()) {
            plan.classes = classes.to_vec();
        }
        let (corpus, _) = ImportPass::new(&file, n_bytes, bytes.as_slice(), strict_plan(plan))?.finish()?;
        Ok((corpus, score_range))
    }
}
