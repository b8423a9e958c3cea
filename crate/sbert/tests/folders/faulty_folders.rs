//! Model folders that can't be used, each refused with a message that names what is at fault; and the liberties that one
//! may take with those that can.

use crate::folder_files::{Files, embedding, oracle_folder, root};
use burn::tensor::Device;
use safetensors::SafeTensors;
use safetensors::tensor::{Dtype, TensorView};
use sbert::Error;
use sbert::encoder::Pooling;
use sbert::pretrained::{LoadOptions, ModelFolder, ModelLoading, RandomModel, load_model, random_model, save_head};

const SENTENCE: &str = "The cat sat on the mat.";

fn check(files: Files, expect: &str) {
    let message = files.refusal();
    assert!(message.contains(expect), "{message}\n  expected: {expect}");
}

/// A tensor of a file.
struct StoredTensor {
    name: String,
    dtype: Dtype,
    shape: Vec<usize>,
    data: Vec<u8>,
}

/// The same weights with one tensor changed.
fn with_tensor(files: Files, name: &str, change: impl Fn(&mut StoredTensor)) -> Files {
    let mut tensors = Vec::new();
    for (of, view) in SafeTensors::deserialize(&files.0["model.safetensors"]).unwrap().tensors() {
        let mut tensor =
            StoredTensor { dtype: view.dtype(), shape: view.shape().to_vec(), data: view.data().to_vec(), name: of };
        if tensor.name == name {
            change(&mut tensor);
        }
        tensors.push(tensor);
    }
    let views: Vec<(&str, TensorView<'_>)> = tensors
        .iter()
        .map(|StoredTensor { name, dtype, shape, data }| {
            (name.as_str(), TensorView::new(*dtype, shape.clone(), data).unwrap())
        })
        .collect();
    let bytes = safetensors::serialize(views, None).unwrap();
    files.with("model.safetensors", bytes)
}

#[test]
fn a_folder_without_a_model_is_refused() {
    let mean = || oracle_folder("mean");
    check(Files::default(), "there are no files, but config.json is needed");
    check(mean().without("config.json"), "there is no config.json among 1_Pooling/config.json, config_sentence_");
    check(Files::default().with("holiday.jpg", "x"), "there is no config.json among holiday.jpg");
    check(
        mean().without("model.safetensors"),
        "there is no model.safetensors and no model.safetensors.index.json among",
    );
    let cased = oracle_folder("cased").without("vocab.txt");
    check(cased, "there is no tokenizer.json and no vocab.txt among config.json, model.safetensors");
    check(mean().with("../x", ""), "the path \"../x\" leads out of the folder");
    check(mean().with("a\\..\\..\\x", ""), "leads out of the folder");
    check(mean().with("/etc/x", ""), "the path \"/etc/x\" leads out of the folder");
    check(mean().with("C:\\x", ""), "leads out of the folder");
    check(mean().with("./config.json", ""), "there are two files config.json");
    let large = vec![b' '; (64 << 20) + 1];
    check(mean().with("config.json", large.clone()), "config.json: has 67108865 bytes, more than the 4194304");
    check(mean().with("tokenizer.json", large), "tokenizer.json: has 67108865 bytes, more than the 67108864");
}

/// A model of which no value is read yet.
fn begun(folder: &ModelFolder) -> Result<ModelLoading, Error> {
    ModelLoading::new(folder, &LoadOptions::default(), &Device::flex())
}

/// Folder by folder, leaving out what is around all files copies 180 GB of paths.
#[test]
fn a_deep_folder_costs_no_more_than_its_path() {
    let deep = "a/".repeat(30_000);
    let many = (0..200).fold(oracle_folder("mean"), |files, n| files.with(&format!("more/{n}"), ""));
    let start = std::time::Instant::now();
    let folder = many.renamed(|path| format!("{deep}{path}")).folder().unwrap();
    assert!(begun(&folder).is_ok());
    assert!(start.elapsed().as_secs() < 5, "{:?}", start.elapsed());
}

/// A config may say any number, and a tensor may have any number in its name.
#[test]
fn sizes_are_bounded_by_the_tensors() {
    // Without the pooling's own width, which is compared with the model's first.
    let plain = || oracle_folder("mean").without("modules.json").without("1_Pooling/config.json");
    let config = |from: &str, to: &str| plain().replace("config.json", from, to);
    let renamed = with_tensor(
        config("\"num_hidden_layers\": 2", "\"num_hidden_layers\": 1000000000"),
        "pooler.dense.bias",
        |tensor| tensor.name = "encoder.layer.999999999.output.dense.bias".to_owned(),
    );
    let missing = "weight \"encoder.layer.2.attention.self.query.weight\" is missing from model.safetensors";
    check(renamed.clone(), missing);
    // As many as there are is no way round it.
    let options = LoadOptions { n_layers: Some(2), ..LoadOptions::default() };
    assert!(renamed.clone().load(&options).unwrap_err().to_string().contains(missing));
    // Before a model is made, or a device is checked with one of its widths.
    let error = begun(&renamed.folder().unwrap()).err().unwrap().to_string();
    assert!(error.contains(missing), "{error}");
    for (name, size, expect) in [
        ("hidden_size", 32, "weight \"embeddings.word_embeddings.weight\" has shape [132, 32], expected [132, "),
        ("vocab_size", 132, "has 132 tokens, but the model's vocab_size is 18446744073709551612"),
        (
            "max_position_embeddings",
            24,
            "weight \"embeddings.position_embeddings.weight\" has shape [24, 32], expected [",
        ),
        ("type_vocab_size", 2, "weight \"embeddings.token_type_embeddings.weight\" has shape [2, 32], expected ["),
        (
            "intermediate_size",
            32,
            "weight \"encoder.layer.0.intermediate.dense.weight\" has shape [32, 32], expected [",
        ),
    ] {
        let folder = config(&format!("\"{name}\": {size}"), &format!("\"{name}\": 18446744073709551612"));
        let error = begun(&folder.folder().unwrap()).err().unwrap().to_string();
        assert!(error.contains(expect), "{error}");
    }
    // A head is of the model's width, which may be too large to be taken three times.
    let head = pollster::block_on(save_head(
        &sbert::objective::ClassificationHead::from_seed(4, 2, 1, &Device::flex()),
        &["a", "b"].map(str::to_owned),
    ));
    let wide = config("\"hidden_size\": 32", "\"hidden_size\": 18446744073709551612");
    check(wide.with("classifier.safetensors", head.unwrap()), "weight \"weight\" has shape [2, 12], expected [2, ");
}

#[test]
fn weights_of_another_format_are_named() {
    for (name, format) in [
        ("pytorch_model.bin", "PyTorch's pickle"),
        ("onnx/model.onnx", "ONNX"),
        ("tf_model.h5", "TensorFlow's HDF5"),
        ("flax_model.msgpack", "Flax's MessagePack"),
        ("minilm-q4.GGUF", "GGUF"),
    ] {
        let files = oracle_folder("mean").without("model.safetensors").with(name, "x");
        check(files, &format!("the weights are in {name} ({format}), but only model.safetensors is read"));
    }
    // Beside safetensors they are passed over.
    oracle_folder("mean").with("pytorch_model.bin", "x").loaded();
}

#[test]
fn a_config_that_is_not_ours_is_named() {
    let config = |from: &str, to: &str| oracle_folder("mean").replace("config.json", from, to);
    check(
        config("\"bert\"", "\"mpnet\"").replace("config.json", "BertModel", "MPNetModel"),
        "config.json: model_type is \"mpnet\" (MPNetModel); supported is \"bert\" or \"distilbert\"",
    );
    check(config("{", ""), "config.json: can't be read");
    check(
        config("\"num_hidden_layers\": 2", "\"num_hidden_layers\": 2000000000"),
        "weight \"encoder.layer.2.attention.self.query.weight\" is missing from model.safetensors",
    );
    check(config("\"gelu\"", "\"gelu_new\""), "hidden_act is \"gelu_new\"; supported is \"gelu\"");
    check(config("\"is_decoder\": false", "\"is_decoder\": true"), "is_decoder is true");
    check(config("\"hidden_size\": 32", "\"hidden_size\": 33"), "not a multiple of num_attention_heads");
    check(config("\"vocab_size\": 132", "\"vocab_size\": 133"), "has shape [132, 32], expected [133, 32]");
    check(
        config("\"vocab_size\": 132", "\"vocab_size\": 131"),
        "tokenizer.json: has 132 tokens, but the model's vocab_size is 131",
    );
    check(
        oracle_folder("cased").replace("config.json", "\"vocab_size\": 132", "\"vocab_size\": 131"),
        "vocab.txt: has 132 tokens, but the model's vocab_size is 131",
    );
    let deep = format!("{{\"a\": {}", "[".repeat(100_000));
    check(oracle_folder("mean").with("config.json", deep), "config.json: can't be read: recursion limit exceeded");
}

#[test]
fn modules_that_are_not_ours_are_named() {
    let modules = |from: &str, to: &str| oracle_folder("normalize").replace("modules.json", from, to);
    let supported = "supported is Transformer, Pooling and perhaps Normalize, in this order";
    check(
        modules("sentence_transformers.base.modules.normalize.Normalize", "sentence_transformers.models.Dense"),
        &format!("modules.json: lists Transformer, Pooling, Dense; {supported}"),
    );
    check(
        modules("sentence_transformers.sentence_transformer.modules.pooling.Pooling", "custom_pooling.Pooling"),
        &format!("modules.json: lists Transformer, custom_pooling.Pooling, Normalize; {supported}"),
    );
    check(oracle_folder("mean").with("modules.json", "[]"), "modules.json: lists nothing");
    check(oracle_folder("mean").with("modules.json", "{}"), "modules.json: can't be read");
    check(
        modules("\"1_Pooling\"", "\"../1_Pooling\""),
        "modules.json: the path \"../1_Pooling\" leads out of the folder",
    );
    check(modules("\"1_Pooling\"", "\"3_Pooling\""), "3_Pooling/config.json: is missing, but modules.json names it");
    let file = "2_Normalize/config.json";
    check(
        oracle_folder("normalize").replace(
            file,
            "\"module_input_name\": \"sentence_embedding\"",
            "\"module_input_name\": \"token_embeddings\"",
        ),
        "2_Normalize/config.json: module_input_name is \"token_embeddings\"; supported is \"sentence_embedding\"",
    );
    let file = "config_sentence_transformers.json";
    check(
        oracle_folder("mean")
            .replace(file, "\"default_prompt_name\": null", "\"default_prompt_name\": \"query\"")
            .replace(file, "\"query\": \"\"", "\"query\": \"query: \""),
        "config_sentence_transformers.json: default_prompt_name puts \"query: \" before every sentence",
    );
}

#[test]
fn pooling_that_is_not_ours_is_named() {
    let file = "1_Pooling/config.json";
    let newer = |to: &str| oracle_folder("mean").replace(file, "\"mean\"", to);
    check(newer("\"lasttoken\""), "1_Pooling/config.json: asks for lasttoken; supported is mean, cls or max");
    check(newer("[\"mean\", \"max\"]"), "asks for mean and max together; supported is one of mean, cls and max");
    check(newer("7"), "pooling_mode is 7, which is no mode");
    assert_eq!(newer("[\"max\"]").loaded().config.pooling, Pooling::Max);
    let older = |from: &str, to: &str| oracle_folder("cls").replace(file, from, to);
    check(
        older("\"pooling_mode_max_tokens\": false", "\"pooling_mode_max_tokens\": true"),
        "asks for cls and max together",
    );
    check(
        older("cls_token\": true", "cls_token\": false").replace(file, "len_tokens\": false", "len_tokens\": true"),
        "asks for mean_sqrt_len_tokens; supported is",
    );
    check(older("cls_token\": true", "cls_token\": 1"), "pooling_mode_cls_token is 1; it is either true or false");
    assert_eq!(older("cls_token\": true", "cls_token\": false").loaded().config.pooling, Pooling::Mean);
    for (name, key) in [("mean", "embedding_dimension"), ("cls", "word_embedding_dimension")] {
        let files = oracle_folder(name).replace(file, ": 32", ": 64");
        check(files, &format!("1_Pooling/config.json: {key} is 64, but the model's hidden_size is 32"));
    }
    // Without modules.json the usual folder is looked into.
    assert_eq!(oracle_folder("cls").without("modules.json").loaded().config.pooling, Pooling::Cls);
    assert_eq!(oracle_folder("cls").without("modules.json").without(file).loaded().config.pooling, Pooling::Mean);
}

#[test]
fn lengths_are_those_of_the_folder_unless_asked_for() {
    let length = |files: Files| files.loaded().tokenizer.max_seq_length();
    let config = "sentence_bert_config.json";
    assert_eq!(length(oracle_folder("cls")), 10);
    assert_eq!(length(oracle_folder("cls").replace(config, "10", "512")), 24);
    assert_eq!(length(oracle_folder("mean")), 12);
    assert_eq!(length(oracle_folder("mean").without(config)), 24);
    check(
        oracle_folder("cls").replace(config, "10", "2"),
        "sentence_bert_config.json: max_seq_length is 2; it has to be a number, 3 or more",
    );
    check(oracle_folder("cls").replace(config, "10", "\"ten\""), "max_seq_length is \"ten\"; it has to be a number");
    check(
        oracle_folder("cls").replace(config, "false", "\"no\""),
        "do_lower_case is \"no\"; it is either true or false",
    );

    let load = |n| oracle_folder("cls").load(&LoadOptions { max_seq_length: Some(n), ..LoadOptions::default() });
    assert_eq!(load(24).unwrap().tokenizer.max_seq_length(), 24);
    assert_eq!(load(25).unwrap_err().to_string(), "max_seq_length is 25, but the model has 24 positions");
    assert!(load(2).unwrap_err().to_string().contains("max_seq_length is 2; use 3 or more"));
}

#[test]
fn damaged_weights_are_named() {
    let mean = || oracle_folder("mean");
    let file = mean().0["model.safetensors"].clone();
    let with = |bytes: &[u8]| mean().with("model.safetensors", bytes);
    check(with(&file[..20_000]), "model.safetensors can't be read: \"");
    check(with(&[&file[..], b"x"].concat()), "model.safetensors can't be read: 1 bytes follow its last tensor");
    check(with(b"<!doctype html>"), "model.safetensors can't be read: its header would be");
    check(with(b""), "model.safetensors can't be read: it has 0 bytes");
    check(with(&[&u64::MAX.to_le_bytes(), &file[8..]].concat()), "its header would be 18446744073709551615 bytes long");

    let name = "encoder.layer.1.output.dense.bias";
    check(
        with_tensor(mean(), name, |tensor| tensor.name = "encoder.layer.1.adapter.bias".to_owned()),
        "weight \"encoder.layer.1.output.dense.bias\" is missing from model.safetensors",
    );
    check(
        with_tensor(mean(), "pooler.dense.bias", |tensor| tensor.name = "adapter.bias".to_owned()),
        "weight \"adapter.bias\" is not part of a BERT of 2 layers, which config.json describes",
    );
    check(
        with_tensor(mean(), "pooler.dense.bias", |tensor| tensor.name = format!("bert.{name}")),
        "are the same weight",
    );
    check(
        with_tensor(mean(), name, |tensor| tensor.shape = vec![4, 8]),
        &format!("weight \"{name}\" has shape [4, 8], expected [32]"),
    );
    check(
        with_tensor(mean(), name, |tensor| tensor.dtype = Dtype::I32),
        &format!("weight \"{name}\" has type I32; supported are F32, F16 and BF16"),
    );
    check(
        with_tensor(mean(), name, |tensor| tensor.data[28..32].copy_from_slice(&f32::NAN.to_le_bytes())),
        &format!("weight \"{name}\" holds NaN at position 7"),
    );
    // What isn't needed may be anything.
    let model = with_tensor(mean(), "pooler.dense.bias", |tensor| tensor.data.fill(0xff)).loaded();
    assert_eq!(model.ignored_tensors, ["pooler.dense.bias", "pooler.dense.weight"]);
}

#[test]
fn types_may_be_mixed() {
    let name = "encoder.layer.0.output.dense.bias";
    let mixed = with_tensor(oracle_folder("mean"), name, |tensor| {
        tensor.dtype = Dtype::F16;
        tensor.data = [0x00, 0x3c].repeat(32);
    });
    let model = mixed.loaded();
    assert_eq!(model.stored_as.as_deref(), Some("F16 and F32"));
    let bias = model.encoder.layers[0].output.bias.as_ref().unwrap().val();
    let bias: Vec<f32> = pollster::block_on(bias.into_data_async()).unwrap().try_into_vec().unwrap();
    assert_eq!(bias, [1.0; 32]);
}

#[test]
fn shards_that_do_not_fit_their_index_are_named() {
    let sharded = || oracle_folder("sharded");
    let (index, second) = ("model.safetensors.index.json", "model-00002-of-00003.safetensors");
    check(sharded().without(second), &format!("{second} is missing, in which {index} has \""));
    let name = "\"embeddings.LayerNorm.bias\": \"model-00001-of-00003.safetensors\"";
    check(
        sharded().replace(index, name, &name.replace("00001", "00002")),
        &format!("weight \"embeddings.LayerNorm.bias\" is not in {second}, where {index} has it"),
    );
    check(sharded().replace(index, name, &name.replace("model-0", "../model-0")), "leads out of the folder");
    check(sharded().with(index, "{\"weight_map\": {}}"), "model.safetensors.index.json: names no tensors");
    check(sharded().with(index, "{}"), "model.safetensors.index.json: can't be read: missing field `weight_map`");
    let bytes = sharded().0[second].clone();
    check(sharded().with(second, &bytes[..bytes.len() - 1]), &format!("{second} can't be read: \""));
    // A tensor in two shards.
    let first = sharded().0["model-00001-of-00003.safetensors"].clone();
    let both = sharded().with(second, first).with(index, "{\"weight_map\": {\"embeddings.LayerNorm.bias\": \"model-00001-of-00003.safetensors\", \"embeddings.LayerNorm.weight\": \"model-00002-of-00003.safetensors\"}}");
    check(both, "are the same weight");
}

#[test]
fn the_first_layers_make_a_model() {
    let load = |n| oracle_folder("mean").load(&LoadOptions { n_layers: Some(n), ..LoadOptions::default() });
    let cut = load(1).unwrap();
    assert_eq!((cut.config.n_layers, cut.n_layers_of_file), (1, Some(2)));
    assert_eq!(cut.ignored_tensors, ["pooler.dense.bias", "pooler.dense.weight", "encoder.layer.1.* (cut off)"]);
    // The folder that goes on is that of the smaller model.
    let bytes = pollster::block_on(sbert::pretrained::save_encoder(&cut.encoder)).unwrap();
    let again =
        oracle_folder("mean").with("config.json", cut.base.config_json.as_str()).with("model.safetensors", bytes);
    assert_eq!(embedding(&again.loaded(), SENTENCE), embedding(&cut, SENTENCE));
    assert_ne!(embedding(&oracle_folder("mean").loaded(), SENTENCE), embedding(&cut, SENTENCE));
    assert_eq!(load(2).unwrap().config.n_layers, 2);
    for n in [0, 3] {
        assert_eq!(load(n).unwrap_err().to_string(), format!("n_layers is {n}, but the model has 2; use 1 to 2"));
    }
    // What is cut off may be damaged.
    let damaged =
        with_tensor(oracle_folder("mean"), "encoder.layer.1.output.dense.bias", |tensor| tensor.data.fill(0xff));
    damaged.clone().load(&LoadOptions { n_layers: Some(1), ..LoadOptions::default() }).unwrap();
    check(damaged, "holds NaN");
}

#[test]
fn a_folder_may_be_within_others_and_hold_other_files() {
    let expected = embedding(&oracle_folder("mean").loaded(), SENTENCE);
    let nested = oracle_folder("mean")
        .with(".DS_Store", "x")
        .with("README.md", "# A model")
        .renamed(|path| format!("downloads/my-model/{path}"))
        .with("__MACOSX/._config.json", "x");
    assert_eq!(embedding(&nested.loaded(), SENTENCE), expected);
    // sentence-transformers' first layout has the transformer in a folder of its own.
    let first = oracle_folder("cls").renamed(|path| match path {
        "modules.json" | "1_Pooling/config.json" => path.to_owned(),
        _ => format!("0_BERT/{path}"),
    });
    let first = first.replace("modules.json", "\"path\": \"\"", "\"path\": \"0_BERT\"").replace(
        "modules.json",
        "models.Transformer",
        "models.BERT",
    );
    assert_eq!(embedding(&first.loaded(), SENTENCE), embedding(&oracle_folder("cls").loaded(), SENTENCE));
}

#[test]
fn a_head_comes_with_the_folder() {
    let head = sbert::objective::ClassificationHead::from_seed(32, 2, 1, &Device::flex());
    let bytes = pollster::block_on(save_head(&head, &["yes", "no"].map(str::to_owned))).unwrap();
    let model = oracle_folder("mean").with("classifier.safetensors", bytes.clone()).loaded();
    assert_eq!(model.head.unwrap().classes.unwrap(), ["yes", "no"]);
    check(oracle_folder("mean").with("classifier.safetensors", &bytes[..30]), "classifier.safetensors can't be read");
    let mut nan = bytes.clone();
    let end = nan.len() - 4;
    nan[end..].copy_from_slice(&f32::NAN.to_le_bytes());
    check(oracle_folder("mean").with("classifier.safetensors", nan), "weight \"bias\" holds NaN");
    let narrow = sbert::objective::ClassificationHead::from_seed(16, 2, 1, &Device::flex());
    let bytes = pollster::block_on(save_head(&narrow, &["yes", "no"].map(str::to_owned))).unwrap();
    let message = "weight \"weight\" has shape [2, 48], expected [2, 96]";
    check(oracle_folder("mean").with("classifier.safetensors", bytes), message);
}

#[test]
fn progress_ends_with_the_last_weight() {
    let folder = oracle_folder("sharded").folder().unwrap();
    let mut told = Vec::new();
    let on_read = &mut |file: &str, read, total| told.push((file.to_owned(), read, total));
    load_model(&folder, &LoadOptions::default(), &Device::flex(), on_read).unwrap();
    let (_, read, total) = told.last().unwrap();
    assert_eq!(read, total);
    assert!(told.is_sorted_by_key(|(_, read, _)| *read));
    assert!(told.iter().any(|(file, ..)| file == "model-00003-of-00003.safetensors"));
}

#[test]
fn real_checkpoints_load_as_folders() {
    let minilm = Files::read(&root().join("tests/models/all-MiniLM-L6-v2"));
    let bert_tiny = Files::read(&root().join("tests/models/bert-tiny"));
    let with_tokenizer = ["tokenizer.json", "tokenizer_config.json", "vocab.txt"]
        .into_iter()
        .fold(bert_tiny, |files, name| files.with(name, minilm.0[name].clone()));
    let model = with_tokenizer.loaded();
    assert_eq!((model.config.d_model, model.config.n_layers, model.tokenizer.max_seq_length()), (128, 2, 128));
    assert!(model.ignored_tensors.iter().all(|name| name.starts_with("cls.")), "{:?}", model.ignored_tensors);
    let model = minilm.loaded();
    assert_eq!((model.config.pooling, model.config.normalizes), (Pooling::Mean, true));
    assert_eq!(model.tokenizer.max_seq_length(), 256);
    let length: f32 = embedding(&model, SENTENCE).iter().map(|value| value * value).sum();
    assert!((length - 1.0).abs() < 1e-5, "{length}");
}

#[test]
fn a_drawn_model_is_what_its_config_says() {
    let size = RandomModel { n_layers: 2, d_model: 16, n_heads: 4, d_ff: 24, max_positions: 40, seed: 5 };
    let folder = oracle_folder("cased").folder().unwrap();
    let draw = |size: &RandomModel| random_model(size, &folder, &Device::flex());
    let model = draw(&size).unwrap();
    assert_eq!((model.config.vocab_size, model.tokenizer.max_seq_length()), (132, 40));
    assert!(model.head.is_none() && model.stored_as.is_none() && model.n_layers_of_file.is_none());
    let bytes = pollster::block_on(sbert::pretrained::save_encoder(&model.encoder)).unwrap();
    let mut files =
        Files::default().with("config.json", model.base.config_json.as_str()).with("model.safetensors", bytes);
    for (name, bytes) in &model.base.tokenizer_files {
        files = files.with(name, bytes.clone());
    }
    assert_eq!(embedding(&files.loaded(), SENTENCE), embedding(&model, SENTENCE));
    let check = |size: RandomModel, expect: &str| {
        let message = draw(&size).unwrap_err().to_string();
        assert!(message.contains(expect), "{message}");
    };
    check(RandomModel { n_layers: 0, ..size }, "n_layers is 0; use 1 or more");
    check(RandomModel { n_heads: 3, ..size }, "d_model is 16, which is not a multiple of the 3 heads");
    check(RandomModel { max_positions: 2, ..size }, "max_positions is 2; use 3 or more");
    check(RandomModel { d_ff: 0, ..size }, "d_ff is 0; use 1 or more");
    let most = "2147 MB is the most";
    check(RandomModel { n_layers: usize::MAX, ..size }, most);
    check(RandomModel { d_model: 1 << 40, n_heads: 1, ..size }, most);
}
