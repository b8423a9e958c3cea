//! Safetensors files to a [`SentenceEncoder`], a block at a time.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};

use burn::module::{Module, ModuleVisitor, Param, ParamId};
use burn::tensor::{Device, Tensor, TensorData};

use super::arch_spec::ArchSpec;
use super::check_sizes::{check_sizes, missing, name_of_all};
use super::file_names::WEIGHTS_FILE;
use crate::encoder::{SentenceEncoder, SentenceEncoderConfig};
use crate::error::Error;
use crate::tensor_file::{BLOCK_BYTES, Layout, TensorFile, TensorReading, no_memory, transpose};

/// An encoder as loaded.
#[derive(Debug)]
pub struct LoadedEncoder {
    /// The module, on the device it was loaded to.
    pub encoder: SentenceEncoder,
    /// Its size and settings.
    pub config: SentenceEncoderConfig,
    /// Tensors of the file that the encoder has no use for, by their names there; a layer that was cut off is one entry.
    pub ignored_tensors: Vec<String>,
    /// The types that the weights are stored in, such as "F32" or "F16 and F32".
    pub stored_as: String,
}

/// Told of every read: the file, the bytes read so far, and those to be read in all.
pub(super) type OnProgress<'a> = &'a mut dyn FnMut(&str, u64, u64);

/// An encoder whose weights are read a block at a time.
pub(super) struct EncoderLoading<'a> {
    files: Vec<TensorFile<'a>>,
    /// Without its weights.
    encoder: SentenceEncoder,
    config: SentenceEncoderConfig,
    device: Device,
    /// In the order in which they are read.
    waiting: VecDeque<WaitingTensor>,
    /// The parameters that have been read, flattened, on the device: in the memory of the host there is one at most.
    read: HashMap<ParamId, Tensor<1>>,
    n_bytes_read: u64,
    /// Of the parameters.
    n_bytes: u64,
    ignored_tensors: Vec<String>,
    stored_as: String,
}

/// A tensor that is to be read.
struct WaitingTensor {
    file_idx: usize,
    reading: TensorReading,
    /// None if it is read for the checksum of its file alone.
    place: Option<Place>,
}

/// Where a tensor goes.
struct Place {
    param: ParamId,
    /// Rows and columns of the file, if the module has them the other way round.
    transposed: Option<[usize; 2]>,
}

impl<'a> EncoderLoading<'a> {
    /// An encoder of this configuration, with the first layers of a checkpoint of `n_layers_of_file`. No value is read yet.
    ///
    /// # Errors
    /// [`Error::Tensor`] naming the first tensor that is missing, unknown, or of another shape or type than the
    /// configuration asks for.
    pub fn new(
        config: &SentenceEncoderConfig,
        n_layers_of_file: usize,
        files: Vec<TensorFile<'a>>,
        device: &Device,
    ) -> Result<Self, Error> {
        let spec = ArchSpec::of(config.architecture);
        let mut by_name: BTreeMap<String, (&str, usize)> = BTreeMap::new();
        let mut unused = Vec::new();
        let mut ignored_tensors = Vec::new();
        let mut layers_cut_off = BTreeSet::new();
        let mut types = BTreeSet::new();
        let mut n_bytes = 0;
        let all = files.iter().enumerate().flat_map(|(idx, file)| file.tensors().iter().map(move |(n, i)| (n, i, idx)));
        for (name, info, file_idx) in all {
            let canonical = spec.canonical_name(name);
            let cut_off =
                spec.layer_of(&canonical).filter(|layer_idx| (config.n_layers..n_layers_of_file).contains(layer_idx));
            if let Some(layer_idx) = cut_off {
                layers_cut_off.insert(layer_idx);
                unused.push((name, file_idx));
            } else if spec.is_unused(&canonical) {
                ignored_tensors.push(name.clone());
                unused.push((name, file_idx));
            } else if let Some((other, _)) = by_name.insert(canonical, (name, file_idx)) {
                let problem = format!("and \"{other}\" are the same weight");
                return Err(Error::Tensor { name: name.clone(), problem });
            } else {
                types.insert(format!("{:?}", info.dtype));
                n_bytes += (info.data_offsets.1 - info.data_offsets.0) as u64;
            }
        }
        check_sizes(config, n_layers_of_file, &files)?;
        let encoder = config.init(device);
        let mut planner =
            Planner { spec, files: &files, by_name, path: Vec::new(), waiting: VecDeque::new(), error: None };
        encoder.visit(&mut planner);
        let Planner { mut by_name, mut waiting, error, .. } = planner;
        if let Some(error) = error {
            return Err(error);
        }
        if let Some((_, (name, _))) = by_name.pop_first() {
            let kind = config.architecture.name();
            let problem = format!("is not part of a {kind} of {n_layers_of_file} layers, which config.json describes");
            return Err(Error::Tensor { name: name.to_owned(), problem });
        }
        for (name, file_idx) in unused {
            let reading = files[file_idx].begin_unused(name);
            waiting.extend(reading.map(|reading| WaitingTensor { file_idx, reading, place: None }));
        }
        ignored_tensors.sort();
        let cut_off = layers_cut_off.iter().map(|layer_idx| format!("{}{layer_idx}.* (cut off)", spec.layers));
        ignored_tensors.extend(cut_off);
        Ok(Self {
            files,
            encoder,
            config: config.clone(),
            device: device.clone(),
            waiting,
            read: HashMap::new(),
            n_bytes_read: 0,
            n_bytes,
            ignored_tensors,
            stored_as: types.into_iter().collect::<Vec<_>>().join(" and "),
        })
    }

    /// Read up to [`BLOCK_BYTES`]: a block of a tensor, or some small tensors. `false` when all are read.
    ///
    /// # Errors
    /// [`Error::Tensor`] naming a tensor that isn't finite or too large for the memory; [`Error::File`].
    pub fn advance(&mut self, progress: OnProgress<'_>) -> Result<bool, Error> {
        let mut n_read = 0;
        while let Some(WaitingTensor { file_idx, reading, place }) = self.waiting.front_mut() {
            let n_next = reading.n_next_bytes();
            if n_read > 0 && n_read + n_next > BLOCK_BYTES {
                return Ok(true);
            }
            let file = &self.files[*file_idx];
            file.read_block(reading)?;
            n_read += n_next;
            if place.is_some() {
                self.n_bytes_read += n_next as u64;
                progress(file.name(), self.n_bytes_read, self.n_bytes);
            }
            if reading.n_next_bytes() == 0
                && let Some(WaitingTensor { reading, place: Some(place), .. }) = self.waiting.pop_front()
            {
                self.put(reading, &place)?;
            }
        }
        Ok(false)
    }

    fn put(&mut self, reading: TensorReading, place: &Place) -> Result<(), Error> {
        let name = reading.name().to_owned();
        let mut values = reading.into_values();
        if let Some([n_rows, n_columns]) = place.transposed {
            let transposed = transpose(&values, n_rows, n_columns);
            values = transposed.ok_or_else(|| no_memory(&name, values.len()))?;
        }
        let n_values = values.len();
        let tensor = Tensor::from_data(TensorData::new(values, [n_values]), &self.device);
        self.read.insert(place.param, tensor);
        Ok(())
    }

    /// The encoder, once all weights are read.
    ///
    /// # Errors
    /// [`Error::File`] if a file has another checksum than its container declares; [`Error::Weights`] if a weight has not been
    /// read.
    pub fn finish(self) -> Result<LoadedEncoder, Error> {
        self.files.iter().try_for_each(TensorFile::check)?;
        let (encoder, n_missing) = self.encoder.with_values(self.read);
        if n_missing > 0 {
            let problem = format!("{n_missing} weights have not been read");
            return Err(Error::Weights { file: WEIGHTS_FILE.to_owned(), problem });
        }
        let Self { config, ignored_tensors, stored_as, .. } = self;
        Ok(LoadedEncoder { encoder, config, ignored_tensors, stored_as })
    }
}

/// Finds the tensor of each parameter.
struct Planner<'a> {
    spec: &'static ArchSpec,
    files: &'a [TensorFile<'a>],
    /// By its current hub name: a tensor's name in the file, and the file.
    by_name: BTreeMap<String, (&'a str, usize)>,
    path: Vec<String>,
    waiting: VecDeque<WaitingTensor>,
    error: Option<Error>,
}

impl Planner<'_> {
    fn plan<const D: usize>(&mut self, param: &Param<Tensor<D>>) -> Result<(), Error> {
        let path = self.path.join(".");
        let (hub_name, layout) = self.spec.hub_key(&path).ok_or_else(|| missing(path, "the key table"))?;
        let found = self.by_name.remove(&hub_name);
        let (name, file_idx) = found.ok_or_else(|| missing(hub_name, name_of_all(self.files)))?;
        let mut shape = param.lazy_shape().as_slice().to_vec();
        let transposed = match (layout, shape.as_slice()) {
            (Layout::Transposed, &[d_input, d_output]) => Some([d_output, d_input]),
            _ => None,
        };
        if transposed.is_some() {
            shape.reverse();
        }
        let reading = self.files[file_idx].begin(name, &shape)?;
        let place = Some(Place { param: param.id, transposed });
        self.waiting.push_back(WaitingTensor { file_idx, reading, place });
        Ok(())
    }
}

impl ModuleVisitor for Planner<'_> {
    fn enter_module(&mut self, name: &str, _container_type: &str) {
        self.path.push(name.to_owned());
    }

    fn exit_module(&mut self, _name: &str, _container_type: &str) {
        self.path.pop();
    }

    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        if self.error.is_none() {
            self.error = self.plan(param).err();
        }
    }
}
