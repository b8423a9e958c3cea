//! Exports: the model for Python and for the page, or the run for a terminal.

use std::io::Write;

use sbert::card::ModelCard;
use sbert::pretrained::{FolderFile, FolderWriter, ZipFolder, export_model};
use sbert::recipe::{RUN_FORMAT, RunFile, RunModel, export_recipe};
use sbert::train::TrainConfig;

use super::model::Model;
use super::part_writer::{Part, PartWriter, Parts};
use super::{Lab, Trained};
use crate::protocol::{Event, ExportKind, Failure};
use crate::{Host, Platform};

/// Longer names are cut: a file's name has at most 255 bytes, and a visitor reads the beginning.
const MAX_NAME_CHARS: usize = 60;

/// A zip that is being written.
pub(super) struct Export {
    /// Name of the folder in it; its own, without the ending.
    name: String,
    files: FolderWriter,
    zip: ZipFolder<PartWriter>,
    /// What has been written of it, and not been sent yet.
    parts: Parts,
}

impl Export {
    fn new((name, files): (String, Vec<FolderFile>)) -> Self {
        let parts = Parts::default();
        let zip = ZipFolder::new(&name, PartWriter::new(&parts));
        Self { name, files: FolderWriter::new(files), zip, parts }
    }

    /// Write and send some megabytes; `false` when all files are written.
    pub async fn advance(&mut self, host: &Host, request: u32) -> Result<bool, Failure> {
        let has_more = self.files.advance(&mut self.zip).await?;
        send_parts(&self.parts, host, request);
        Ok(has_more)
    }

    /// Send the rest, and that this is all.
    pub fn finish(self, host: &Host, request: u32) -> Result<(), Failure> {
        let name = format!("{}.zip", self.name);
        let written = self.zip.finish().and_then(|mut rest| rest.flush());
        written.map_err(|cause| sbert::Error::Write { file: name.clone(), problem: cause.to_string() })?;
        send_parts(&self.parts, host, request);
        host.send(Event::Exported { request, name });
        Ok(())
    }
}

fn send_parts(parts: &Parts, host: &Host, request: u32) {
    for Part { start, bytes } in parts.take() {
        host.send(Event::Exporting { request, start: start as f64, bytes });
    }
}

impl<P: Platform> Lab<P> {
    /// Begin to write a file of what there is now, whatever is loaded before it is written.
    pub(super) fn begin_export(&self, what: ExportKind) -> Result<Export, Failure> {
        self.refuse_during_run("Nothing can be written")?;
        Ok(Export::new(match what {
            ExportKind::Model => self.model_files()?,
            ExportKind::Recipe { config } => self.recipe_files(config)?,
        }))
    }

    /// The files of the model, and the name of their folder.
    fn model_files(&self) -> Result<(String, Vec<FolderFile>), Failure> {
        let Model { config, tokenizer, base, head, name, hub, .. } = self.loaded_model()?;
        // What was trained, whatever pairs have been loaded since; or the model as it came, with the head that it had.
        let (own_classes, baseline);
        let (model, training, classes) = match &self.trained {
            Some(Trained { model, record, .. }) => (model, Some(record), record.classes.as_slice()),
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
        let files = export_model(model, config, max_seq_length, base, head_classes, card)?;
        Ok((file_name, files))
    }

    /// The files that repeat a run elsewhere, and the name of their folder.
    fn recipe_files(&self, config: TrainConfig) -> Result<(String, Vec<FolderFile>), Failure> {
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
        Ok((name, export_recipe(&run, &loaded.corpus)?))
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
