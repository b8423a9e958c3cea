//! The current model: from files to an encoder, and the head that a run starts from.

use burn::module::Module;
use sbert::corpus::Corpus;
use sbert::encoder::{SentenceEncoder, SentenceEncoderConfig};
use sbert::infer::LastEmbeddings;
use sbert::model::SentencePairModel;
use sbert::pretrained::{
    BaseFiles, FileBytes, HEAD_FILE, LoadOptions, LoadedModel, ModelFolder, ModelLoading, NamedHead, RandomModel,
};
use sbert::text::TextTokenizer;
use sha2::{Digest, Sha256};

use super::Lab;
use super::verify::hex;
use crate::head::untrained_head;
use crate::protocol::{Event, Failure, HubModel, ModelInfo, ModelSource, Refusal, SourceFile};
use crate::{Compute, Host, Platform};

/// A loaded model.
pub(super) struct Model {
    pub name: String,
    /// Where it comes from, if that is a hub.
    pub hub: Option<HubModel>,
    pub encoder: SentenceEncoder,
    pub config: SentenceEncoderConfig,
    /// How many of the first layers are used; none if all are.
    pub n_layers: Option<usize>,
    pub tokenizer: TextTokenizer,
    /// The head that came with it.
    pub head: Option<NamedHead>,
    /// What its folder has besides weights.
    pub base: BaseFiles,
    /// A short name of its weights: the same for the same ones, hardly ever for others.
    pub fingerprint: String,
    /// Its embeddings of the sentences that were compared last.
    pub last_embeddings: LastEmbeddings,
}

/// A model whose weights are being read. The current one stays until it is complete.
pub(super) struct ModelReading {
    loading: ModelLoading,
    name: String,
    hub: Option<HubModel>,
    n_layers: Option<usize>,
    fingerprint: String,
    /// What it is loaded for, and why that is not what the current model computes on, if it isn't.
    compute: Compute,
    refusal: Option<Refusal>,
    /// Bytes that the events count and that have been hashed before.
    n_hashed: u64,
}

impl ModelReading {
    /// Read or draw some megabytes; `false` when all weights are there.
    pub fn advance(&mut self, host: &Host, request: u32) -> Result<bool, Failure> {
        let mut report = |file: &str, n_read: u64, n_bytes: u64| {
            host.send(Event::Loading {
                request,
                file: file.to_owned(),
                loaded_bytes: (self.n_hashed + n_read) as f64,
                total_bytes: (self.n_hashed + n_bytes) as f64,
            });
        };
        Ok(self.loading.advance(&mut report)?)
    }
}

impl<P: Platform> Lab<P> {
    /// Begin to make the model in `source`, whose files are what they should be. Of the bytes that the events count `n_hashed`
    /// have been read already.
    pub(super) async fn begin_model(
        &mut self,
        request: u32,
        source: ModelSource<P::File>,
        n_hashed: u64,
    ) -> Result<ModelReading, Failure> {
        self.refuse_during_run("A model can't be loaded")?;
        let ModelSource { name, hub, files, n_layers, random } = source;
        let fingerprint = fingerprint_of(&files, n_layers, random.as_ref())?;
        let boxed = |file: SourceFile<P::File>| (file.path, Box::new(file.blob) as Box<dyn FileBytes>);
        let folder = ModelFolder::new(files.into_iter().map(boxed).collect())?;
        let options = LoadOptions { n_layers, ..LoadOptions::default() };

        let loading_on = |compute: &Compute| match &random {
            Some(size) => ModelLoading::random(size, &folder, &compute.device),
            None => ModelLoading::new(&folder, &options, &compute.device),
        };
        let loading = loading_on(&self.compute)?;
        let report_check = |n_parts| self.report_preparation(request, 1 + n_parts);
        let refusal = self.compute.check_model(&self.platform, loading.config(), report_check).await.err();
        // A model that doesn't suit the device is loaded for the CPU.
        let (compute, loading) = match refusal {
            Some(_) => (Compute::cpu(), loading_on(&Compute::cpu())?),
            None => (self.compute.clone(), loading),
        };
        Ok(ModelReading { loading, name, hub, n_layers, fingerprint, compute, refusal, n_hashed })
    }

    /// Make a model whose weights are read the current one.
    pub(super) fn take_model(&mut self, request: u32, reading: ModelReading) -> Result<(), Failure> {
        let ModelReading { loading, name, hub, n_layers, fingerprint, compute, refusal, .. } = reading;
        let loaded = loading.finish()?;
        let info = info_of(&name, &loaded, &fingerprint);

        // Only now, so that a file that can't be used changes nothing.
        if let Some(refusal) = refusal {
            self.platform.forget_device();
            self.host.send(Event::BackendChanged { backend: compute.info.clone(), refusal });
        }
        self.compute = compute;
        let LoadedModel { encoder, config, tokenizer, head, base, .. } = loaded;
        let last_embeddings = LastEmbeddings::default();
        self.model =
            Some(Model { name, hub, encoder, config, n_layers, tokenizer, head, base, fingerprint, last_embeddings });
        self.trained = None;
        self.host.send(Event::ModelLoaded { request, model: info });
        Ok(())
    }

    pub(super) fn loaded_model(&self) -> Result<&Model, Failure> {
        self.model.as_ref().ok_or_else(no_model)
    }

    /// Names of the classes that the head of a new run tells apart: those of the pairs, or else those that came with the
    /// model.
    pub(super) fn classes_of_run(&self) -> Vec<String> {
        let of_corpus = self.corpus.as_ref().map(|loaded| &loaded.corpus).filter(|corpus| !corpus.classes.is_empty());
        let of_model = || self.model.as_ref()?.head.as_ref()?.classes.clone();
        of_corpus.map(|corpus: &Corpus| corpus.classes.clone()).or_else(of_model).unwrap_or_default()
    }

    /// Names of the classes of a head that came with the model. One that names none is taken to be of those of the pairs, if
    /// they are as many.
    pub(super) fn classes_of(&self, head: &NamedHead) -> Vec<String> {
        let of_run = || Some(self.classes_of_run()).filter(|classes| classes.len() == head.head.n_classes());
        head.classes.clone().or_else(of_run).unwrap_or_default()
    }

    /// The model as loaded, with a head for `classes`: the one that came with it, if that is of the same classes, or else an
    /// untrained one.
    pub(super) fn baseline(&self, classes: &[String], seed: u64) -> Result<SentencePairModel, Failure> {
        let Model { encoder, head, .. } = self.loaded_model()?;
        let own_head = head.as_ref().and_then(|head| head.in_order_of(classes));
        let head = own_head.unwrap_or_else(|| untrained_head(encoder.d_model(), classes, seed, &self.compute.device));
        Ok(SentencePairModel { encoder: encoder.clone(), head })
    }
}

pub(super) fn no_model() -> Failure {
    Failure::untimely("There is no model yet.", "Load a model first.")
}

/// A hash over parts of the files, spread evenly: a checkpoint must not continue over other weights of the same shape, and to
/// hash all of them would take seconds where nobody has said what the hash should be.
fn fingerprint_of(
    files: &[SourceFile<impl FileBytes>],
    n_layers: Option<usize>,
    random: Option<&RandomModel>,
) -> Result<String, Failure> {
    const N_PARTS: u64 = 64;
    const PART_BYTES: u64 = 4096;
    let mut hasher = Sha256::new();
    hasher.update(format!("{n_layers:?} {random:?}"));
    for file in files.iter().filter(|file| !file.path.ends_with(HEAD_FILE)) {
        let n_bytes = file.blob.n_bytes();
        hasher.update(n_bytes.to_le_bytes());
        let stride = (n_bytes / N_PARTS).max(PART_BYTES);
        let mut start = 0;
        while start < n_bytes {
            let part = file.blob.read(start, PART_BYTES.min(n_bytes - start) as usize);
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
