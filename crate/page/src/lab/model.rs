//! The current model: from files to an encoder, and the head that a run starts from.

use burn::module::Module;
use sbert::corpus::Corpus;
use sbert::encoder::{SentenceEncoder, SentenceEncoderConfig};
use sbert::folder::{
    BaseFiles, FileBytes, LoadOptions, LoadedModel, ModelFolder, RandomModel, load_model, random_model,
};
use sbert::model::SentencePairModel;
use sbert::objective::ClassificationHead;
use sbert::text::TextTokenizer;
use sbert::weights::{HEAD_FILE, NamedHead};
use sha2::{Digest, Sha256};

use super::Lab;
use super::verify::hex;
use crate::blob::BlobBytes;
use crate::device::{self, Compute, N_PREPARATIONS};
use crate::port::post;
use crate::protocol::{Event, Failure, HubModel, ModelInfo, ModelSource, SourceFile};

/// A loaded model.
pub(super) struct Model {
    pub name: String,
    /// Where it comes from, if that is a hub.
    pub hub: Option<HubModel>,
    pub encoder: SentenceEncoder,
    pub config: SentenceEncoderConfig,
    /// How many of the first layers were asked for; none if all were.
    pub n_layers: Option<usize>,
    pub tokenizer: TextTokenizer,
    /// The head that came with it.
    pub head: Option<NamedHead>,
    /// What its folder has besides weights.
    pub base: BaseFiles,
    /// A short name of its weights: the same for the same ones, hardly ever for others.
    pub fingerprint: String,
}

impl Lab {
    /// Make the model in `source`, whose files are what they should be, the current one. Of the bytes that are told to the
    /// page `n_hashed` have been read already.
    pub(super) async fn load_model(&mut self, request: u32, source: ModelSource, n_hashed: u64) -> Result<(), Failure> {
        self.refuse_during_run("A model can't be loaded")?;
        let ModelSource { name, hub, files, n_layers, random } = source;
        let fingerprint = fingerprint_of(&files, n_layers, random.as_ref())?;
        let bytes = |blob| Box::new(BlobBytes::new(blob)) as Box<dyn FileBytes>;
        let folder = ModelFolder::new(files.into_iter().map(|file| (file.path, bytes(file.blob))).collect())?;
        let options = LoadOptions { n_layers, ..LoadOptions::default() };
        let mut report = |file: &str, n_read: u64, n_bytes: u64| {
            post(&Event::Loading {
                request,
                file: file.to_owned(),
                loaded_bytes: (n_hashed + n_read) as f64,
                total_bytes: (n_hashed + n_bytes) as f64,
            });
        };

        // What a GPU is to be checked with is drawn for the processor first; everywhere else that is the model itself.
        let first = if self.compute.is_gpu() { Compute::cpu() } else { self.compute.clone() };
        let drawn = random.as_ref().map(|size| random_model(size, &folder, &first.device)).transpose()?;
        let config = match &drawn {
            Some(drawn) => drawn.config.clone(),
            None => folder.config(n_layers)?,
        };
        let report_check = |n_parts| post(&Event::Preparing { request, n_done: 1 + n_parts, n_total: N_PREPARATIONS });
        let refusal = self.compute.check_model(&config, report_check).await.err();
        // What doesn't suit the device is loaded for the processor.
        let compute = if refusal.is_some() { Compute::cpu() } else { self.compute.clone() };
        let loaded = match (drawn, &random) {
            (Some(drawn), _) if !compute.is_gpu() => drawn,
            (_, Some(size)) => random_model(size, &folder, &compute.device)?,
            (_, None) => load_model(&folder, &options, &compute.device, &mut report)?,
        };
        let info = info_of(&name, &loaded, &fingerprint);

        // Only now, so that a file that can't be used changes nothing.
        if let Some(refusal) = refusal {
            device::forget_faults();
            post(&Event::BackendChanged { backend: compute.info.clone(), refusal });
        }
        self.compute = compute;
        let LoadedModel { encoder, config, tokenizer, head, base, .. } = loaded;
        self.model = Some(Model { name, hub, encoder, config, n_layers, tokenizer, head, base, fingerprint });
        self.trained = None;
        post(&Event::ModelLoaded { request, model: info });
        Ok(())
    }

    pub(super) fn loaded_model(&self) -> Result<&Model, Failure> {
        self.model.as_ref().ok_or_else(|| Failure::untimely("There is no model yet.", "Load a model first."))
    }

    /// Names of the classes that the head is of: the pairs', or else those that came with the model.
    pub(super) fn classes(&self) -> Vec<String> {
        let of_corpus = self.corpus.as_ref().map(|loaded| &loaded.corpus).filter(|corpus| !corpus.classes.is_empty());
        let of_model = || self.model.as_ref()?.head.as_ref()?.classes.clone();
        of_corpus.map(|corpus: &Corpus| corpus.classes.clone()).or_else(of_model).unwrap_or_default()
    }

    /// The model as loaded. Its head is the one that came with it, if that is of the same classes, or else an untrained one.
    pub(super) fn baseline(&self, seed: u64) -> Result<SentencePairModel, Failure> {
        let Model { encoder, head, .. } = self.loaded_model()?;
        let classes = self.classes();
        let own_head = head.as_ref().and_then(|head| head.in_order_of(&classes));
        let head = own_head.unwrap_or_else(|| {
            // Without any class the head is never trained or asked, but the model has one.
            let n_classes = classes.len().max(1);
            ClassificationHead::from_seed(encoder.d_model(), n_classes, seed, &self.compute.device)
        });
        Ok(SentencePairModel { encoder: encoder.clone(), head })
    }
}

/// A hash over parts of the files, spread evenly: a checkpoint must not go on over other weights of the same shape, and to
/// hash all of them would take seconds where nobody has said what the hash should be.
fn fingerprint_of(
    files: &[SourceFile],
    n_layers: Option<usize>,
    random: Option<&RandomModel>,
) -> Result<String, Failure> {
    const N_PARTS: u64 = 64;
    const PART_BYTES: u64 = 4096;
    let mut hasher = Sha256::new();
    hasher.update(format!("{n_layers:?} {random:?}"));
    for file in files.iter().filter(|file| !file.path.ends_with(HEAD_FILE)) {
        let bytes = BlobBytes::new(file.blob.clone());
        let n_bytes = bytes.n_bytes();
        hasher.update(n_bytes.to_le_bytes());
        let stride = (n_bytes / N_PARTS).max(PART_BYTES);
        let mut start = 0;
        while start < n_bytes {
            let part = bytes.read(start, PART_BYTES.min(n_bytes - start) as usize);
            hasher.update(part.map_err(|problem| Failure::file(&file.path, &problem))?);
            start += stride;
        }
    }
    Ok(hex(&hasher.finalize()))
}

fn info_of(name: &str, loaded: &LoadedModel, fingerprint: &str) -> ModelInfo {
    ModelInfo {
        name: name.to_owned(),
        n_layers: loaded.config.n_layers,
        d_model: loaded.config.d_model,
        n_heads: loaded.config.n_heads,
        vocab_size: loaded.config.vocab_size,
        n_params: loaded.encoder.num_params(),
        n_layers_of_file: loaded.n_layers_of_file,
        stored_as: loaded.stored_as.clone(),
        pooling: loaded.config.pooling,
        normalizes: loaded.config.normalizes,
        max_seq_length: loaded.tokenizer.max_seq_length(),
        head_classes: loaded.head.as_ref().and_then(|head| head.classes.clone()),
        ignored_tensors: loaded.ignored_tensors.clone(),
        fingerprint: fingerprint.to_owned(),
    }
}
