//! A model that is exported, zipped and loaded again is the same model, head included.

use crate::folder_files::{Files, embedding, oracle_folder, zipped};
use burn::tensor::Device;
use sbert::card::ModelCard;
use sbert::model::SentencePairModel;
use sbert::pretrained::{LoadOptions, export_model, save_head};

/// Folders that sentence-transformers and transformers wrote, one for each thing that a folder may ask for.
const FOLDERS: [&str; 7] = ["cls", "max", "mean", "normalize", "cased", "sharded", "distilbert"];

const SENTENCES: [&str; 4] = ["A Dog runs.", "", "Ärger in Zürich, naïve?", "word word word word word word word word"];

fn check(name: &str, options: &LoadOptions) {
    let device = Device::flex();
    let loaded = oracle_folder(name).load(options).unwrap();

    let classes = ["yes", "no, \"never\"\n"].map(str::to_owned);
    let model = SentencePairModel::with_new_head(loaded.encoder.clone(), classes.len(), 3, &device);
    let card =
        ModelCard { name: name.to_owned(), base_model: name.to_owned(), hub_id: None, revision: None, training: None };
    let max_seq_length = loaded.tokenizer.max_seq_length();
    let card = card.to_markdown(&loaded.config, max_seq_length, Some(&classes));
    let exported = export_model(&model, &loaded.config, max_seq_length, &loaded.base, Some(&classes), card);
    let again = Files::default().with(&format!("{name}.zip"), zipped(name, exported.unwrap())).loaded();

    for sentence in SENTENCES {
        assert_eq!(embedding(&again, sentence), embedding(&loaded, sentence), "{name}: {sentence}");
    }
    assert_eq!(again.tokenizer.max_seq_length(), max_seq_length, "{name}");
    assert_eq!((again.config.pooling, again.config.normalizes), (loaded.config.pooling, loaded.config.normalizes));
    assert_eq!((again.stored_as.as_deref(), again.ignored_tensors.len()), (Some("F32"), 0), "{name}");
    let head = again.head.unwrap();
    assert_eq!(head.classes.as_deref(), Some(classes.as_slice()));
    let bytes = |head| pollster::block_on(save_head(head, &classes)).unwrap();
    assert_eq!(bytes(&head.head), bytes(&model.head));
}

#[test]
fn an_exported_model_is_the_same_model() {
    for name in FOLDERS {
        check(name, &LoadOptions::default());
    }
}

#[test]
fn a_model_that_was_cut_stays_cut() {
    check("mean", &LoadOptions { n_layers: Some(1), max_seq_length: Some(8) });
}
