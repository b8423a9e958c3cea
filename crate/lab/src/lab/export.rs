//! Exports: the model for Python and for the page, or the run for a terminal.

use sbert::card::ModelCard;
use sbert::pretrained::{export_model, write_zip};
use sbert::recipe::{RUN_FORMAT, RunFile, RunModel, export_recipe};
use sbert::train::TrainConfig;

use super::Lab;
use super::model::Model;
use crate::Platform;
use crate::protocol::{Event, ExportKind, Failure};

/// Longer names are cut: a file's name has at most 255 bytes, and a visitor reads the beginning.
const MAX_NAME_CHARS: usize = 60;

impl<P: Platform> Lab<P> {
    pub(super) async fn export(&self, request: u32, what: ExportKind) -> Result<(), Failure> {
        self.refuse_during_run("Nothing can be written")?;
        let (name, bytes) = match what {
            ExportKind::Model => self.model_file().await?,
            ExportKind::Recipe { config } => self.recipe_file(config)?,
        };
        self.host.send(Event::Exported { request, name: format!("{name}.zip"), bytes });
        Ok(())
    }

    async fn model_file(&self) -> Result<(String, Vec<u8>), Failure> {
        let Model { config, tokenizer, base, head, name, hub, .. } = self.loaded_model()?;
        // What was trained, whatever pairs have been loaded since; or the model as it came, with the head that it had.
        let (own_classes, baseline);
        let (model, training, classes) = match &self.trained {
            Some((model, record)) => (model, Some(record), record.classes.as_slice()),
            None => {
                own_classes = head.as_ref().map(|head| self.classes_of(head)).unwrap_or_default();
                baseline = self.baseline(&own_classes, self.head_seed)?;
                (&baseline, None, own_classes.as_slice())
            }
        };
        let file_name = format!("{}{}", file_name_of(name), if training.is_some() { "-trained" } else { "" });
        let card = ModelCard {
            name: file_name.clone(),
            base_model: name.clone(),
            hub_id: hub.as_ref().map(|hub| hub.id.clone()),
            revision: hub.as_ref().map(|hub| hub.revision.clone()),
            training: training.cloned(),
        };
        // A head that nobody has trained says nothing.
        let head_classes = Some(classes).filter(|classes| !classes.is_empty());
        let max_seq_length = tokenizer.max_seq_length();
        let card = card.to_markdown(config, max_seq_length, head_classes);
        let files = export_model(model, config, max_seq_length, base, head_classes, card).await?;
        let bytes = write_zip(&file_name, &files)?;
        Ok((file_name, bytes))
    }

    fn recipe_file(&self, config: TrainConfig) -> Result<(String, Vec<u8>), Failure> {
        let model = self.loaded_model()?;
        let loaded = self.loaded_corpus()?;
        let run = RunFile {
            format: RUN_FORMAT,
            model: RunModel {
                name: model.name.clone(),
                hub_id: model.hub.as_ref().map(|hub| hub.id.clone()),
                revision: model.hub.as_ref().map(|hub| hub.revision.clone()),
            },
            config,
            classes: loaded.corpus.classes.clone(),
            score_range: [0.0, 1.0],
            n_layers: model.n_layers,
            max_seq_length: model.tokenizer.max_seq_length(),
        };
        let name = format!("{}-run", file_name_of(&model.name));
        let bytes = write_zip(&name, &export_recipe(&run, &loaded.corpus)?)?;
        Ok((name, bytes))
    }
}

/// A name that every system takes for a file: letters, digits and a few signs.
fn file_name_of(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let safe = |sign: char| if sign.is_ascii_alphanumeric() || "-_.".contains(sign) { sign } else { '-' };
    let safe: String = last.chars().take(MAX_NAME_CHARS).map(safe).collect();
    let safe = safe.trim_matches(['.', '-']);
    if safe.is_empty() { "model".to_owned() } else { safe.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_model_makes_a_file_name() {
        assert_eq!(file_name_of("sentence-transformers/all-MiniLM-L6-v2"), "all-MiniLM-L6-v2");
        assert_eq!(file_name_of("../..\\<b>mein Modell</b>.zip"), "b-.zip");
        assert_eq!(file_name_of("..."), "model");
        assert_eq!(file_name_of(&"x".repeat(300)).len(), MAX_NAME_CHARS);
    }
}
