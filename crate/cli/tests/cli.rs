//! The binary as a user runs it, on real weights: a round trip through a folder, and what bad input is told.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking, in its helpers too"
)]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use sbert::encoder::SentenceEncoderConfig;
use sbert::pretrained::save_encoder;
use serde_json::Value;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn minilm() -> String {
    root().join("tests/models/all-MiniLM-L6-v2").to_string_lossy().into_owned()
}

fn sbert(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_sbert")).args(arguments).output().unwrap()
}

/// The last line of what a successful call prints, as JSON.
fn json(arguments: &[&str]) -> Value {
    let output = sbert(arguments);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_str(String::from_utf8_lossy(&output.stdout).lines().last().unwrap()).unwrap()
}

fn refused(arguments: &[&str], expect: &str) {
    let output = sbert(arguments);
    let message = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success(), "{arguments:?} was accepted");
    assert!(message.contains(expect), "{message}");
    assert!(!message.contains("panicked"), "{message}");
}

/// A folder with some files.
fn folder(files: &[(&str, &str)]) -> (tempfile::TempDir, impl Fn(&str) -> String + use<>) {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    let path = folder.path().to_owned();
    (folder, move |name: &str| path.join(name).to_string_lossy().into_owned())
}

const PAIRS: &str = "split\tsentence_a\tsentence_b\tlabel\tscore\n\
    train\tA dog runs.\tAn animal moves.\tentailment\t4.0\n\
    train\tA dog runs.\tA dog sleeps.\tcontradiction\t1.5\n\
    train\tA girl sings.\tA girl sings for money.\tneutral\t3.0\n\
    train\tA girl sings.\tSomeone makes music.\tentailment\t3.5\n\
    held-out\tA man cooks.\tSomeone prepares food.\tentailment\t3.8\n\
    held-out\tA man cooks.\tA man swims.\tcontradiction\t1.0\n";

/// The size of BERT-base, with random weights: what is asked is that it fits, not what it says.
#[test]
fn a_bert_base_loads_encodes_and_reports_its_memory() {
    let device = burn::tensor::Device::flex();
    let encoder = SentenceEncoderConfig::new(30_522, 512, 2, 768, 3_072, 12, 12, 1e-12).from_seed(1, &device);
    let config = r#"{"model_type": "bert", "vocab_size": 30522, "hidden_size": 768, "num_hidden_layers": 12,
        "num_attention_heads": 12, "intermediate_size": 3072, "max_position_embeddings": 512}"#;
    let (folder, path) = folder(&[("config.json", config), ("sentences.txt", "A dog runs.\nSomeone makes music.\n")]);
    let weights = pollster::block_on(save_encoder(&encoder)).unwrap();
    let weights_mb = weights.len() as f64 / 1e6;
    std::fs::write(path("model.safetensors"), weights).unwrap();
    drop(encoder);
    std::fs::copy(format!("{}/tokenizer.json", minilm()), path("tokenizer.json")).unwrap();

    let model = folder.path().to_string_lossy().into_owned();
    let output = sbert(&["encode", "--model", &model, "--in", &path("sentences.txt"), "--json"]);
    let notes = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{notes}");
    let lines: Vec<Value> =
        String::from_utf8_lossy(&output.stdout).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 2);
    for line in &lines {
        let embedding: Vec<f64> = serde_json::from_value(line["embedding"].clone()).unwrap();
        assert_eq!(embedding.len(), 768);
        assert!(embedding.iter().all(|value| value.is_finite()) && embedding.iter().any(|value| *value != 0.0));
    }
    assert_ne!(lines[0]["embedding"], lines[1]["embedding"]);

    assert!(notes.contains("BERT of 12 layers, d_model 768: 108891648 parameters, 436 MB"), "{notes}");
    let peak_mb: f64 = notes.split("peak memory ").nth(1).unwrap().split(' ').next().unwrap().parse().unwrap();
    println!("{weights_mb:.0} MB of weights, peak memory {peak_mb} MB");
    // The file and the tensors made of it, and little else: a browser's wasm has 4 GB for everything.
    assert!((weights_mb..2.5 * weights_mb).contains(&peak_mb), "{peak_mb} MB for {weights_mb} MB of weights");
}

#[test]
fn a_trained_folder_is_a_model_folder() {
    let (_folder, path) = folder(&[("pairs.tsv", PAIRS)]);
    let (model, pairs, out, trace) = (minilm(), path("pairs.tsv"), path("out"), path("trace.jsonl"));
    let report = json(&[
        "train",
        "--model",
        &model,
        "--data",
        &pairs,
        "--freeze",
        "last-1",
        "--epochs",
        "2",
        "--batch-size",
        "2",
        "--dropout",
        "0",
        "--no-shuffle",
        "--out",
        &out,
        "--trace",
        &trace,
        "--json",
    ]);
    assert_eq!(report["n_steps"], 4);
    assert_eq!(report["n_train_pairs"], 4);
    let trace = std::fs::read_to_string(trace).unwrap();
    let steps: Vec<Value> = trace.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(steps.len(), 4);
    for (step_idx, step) in steps.iter().enumerate() {
        assert_eq!(step["step"], step_idx as u64 + 1);
        for name in ["loss", "learning_rate", "gradient_norm"] {
            assert!(step[name].is_f64(), "{name} of {step}");
        }
        for objective in ["classification", "regression"] {
            assert!(step["losses"][objective].is_f64(), "{objective} of {step}");
        }
    }
    // The folder alone gives the scores that training ended with.
    let scores = json(&["evaluate", "--model", &out, "--data", &pairs, "--split", "held-out", "--json"]);
    for name in ["n_pairs", "accuracy", "macro_f1", "pearson", "spearman", "regression_loss", "classification_loss"] {
        assert_eq!(scores[name], report["after"][name], "{name}");
    }
    assert_ne!(scores["regression_loss"], report["before"]["regression_loss"]);
}

/// What `sbert encode --json` gives for two sentences.
fn embeddings(model: &str, sentences: &str) -> Vec<Vec<f32>> {
    let output = sbert(&["encode", "--model", model, "--in", sentences, "--json"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let lines = String::from_utf8_lossy(&output.stdout).into_owned();
    let embedding = |line| serde_json::from_value(serde_json::from_str::<Value>(line).unwrap()["embedding"].clone());
    lines.lines().map(|line| embedding(line).unwrap()).collect()
}

#[test]
fn a_zip_is_a_model_like_its_folder() {
    let (_folder, path) = folder(&[("pairs.tsv", PAIRS), ("in.txt", "A dog runs.\nÜber <b>alles</b>\n")]);
    let train = |model: &str, out: &str, more: &[&str]| {
        let arguments =
            ["train", "--model", model, "--data", &path("pairs.tsv"), "--epochs", "1", "--out", out, "--json"];
        json(&[&arguments, more].concat())
    };
    let (zip, as_folder, again) = (path("my model.zip"), path("my model"), path("again"));
    let report = train(&minilm(), &zip, &["--layers", "2", "--max-seq-length", "16"]);
    assert_eq!(report["before"]["n_pairs"], 2);
    train(&minilm(), &as_folder, &["--layers", "2", "--max-seq-length", "16"]);
    let of_zip = embeddings(&zip, &path("in.txt"));
    assert_eq!(of_zip, embeddings(&as_folder, &path("in.txt")));
    assert_eq!((of_zip.len(), of_zip[0].len()), (2, 384));

    // The head goes along, with its classes and their order.
    let scores = json(&["evaluate", "--model", &zip, "--data", &path("pairs.tsv"), "--split", "held-out", "--json"]);
    assert_eq!(scores, report["after"]);
    refused(
        &["evaluate", "--model", &zip, "--data", &path("pairs.tsv"), "--classes", "neutral,contradiction,entailment"],
        "the head's classes are entailment, neutral, contradiction",
    );

    // A folder that is written to again keeps nothing of the model before; a zip is trained on like a folder.
    std::fs::write(path("scores.tsv"), "sentence_a\tsentence_b\tscore\na\tb\t1\nc\td\t4.5\n").unwrap();
    let data = path("scores.tsv");
    std::fs::create_dir_all(&again).unwrap();
    std::fs::copy(format!("{as_folder}/classifier.safetensors"), format!("{again}/classifier.safetensors")).unwrap();
    let arguments = ["train", "--model", &zip, "--data", &data, "--new-head", "--freeze", "last-1", "--out", &again];
    assert!(sbert(&arguments).status.success());
    assert!(!Path::new(&again).join("classifier.safetensors").exists());
    let card = std::fs::read_to_string(Path::new(&again).join("README.md")).unwrap();
    assert!(card.contains("Made from my model.") && card.contains("pairs of sentences from scores.tsv"), "{card}");
}

#[test]
fn a_runs_file_gives_the_settings() {
    let run = r#"{"format": 1, "model": {"name": "MiniLM", "hub_id": "owner/MiniLM", "revision": "main"},
        "config": {"epochs": 2, "batch_size": 4, "freeze": {"kind": "all_but_last", "n_layers": 1}},
        "classes": ["contradiction", "neutral", "entailment"], "score_range": [0, 5], "n_layers": 1,
        "max_seq_length": 16}"#;
    let (_folder, path) =
        folder(&[("pairs.tsv", PAIRS), ("run.json", run), ("bad.json", &run.replace("epochs", "epoch"))]);
    let train = |more: &[&str]| {
        let (model, pairs, out) = (minilm(), path("pairs.tsv"), path("out"));
        let arguments = ["train", "--model", &model, "--data", &pairs, "--out", &out, "--json"];
        json(&[&arguments, more].concat())
    };
    let report = train(&["--config", &path("run.json")]);
    assert_eq!(report["n_steps"], 2);
    let card = std::fs::read_to_string(path("out/README.md")).unwrap();
    for expect in [
        "base_model: \"owner/MiniLM\"",
        "(BERT, 1 layers",
        "up to 16 tokens",
        "| classes | contradiction, neutral, entailment |",
        "| trained | the last encoder layer and the classification head |",
    ] {
        assert!(card.contains(expect), "{expect} is not in\n{card}");
    }
    // What is given beside it wins.
    assert_eq!(train(&["--config", &path("run.json"), "--epochs", "1", "--batch-size", "2"])["n_steps"], 2);
    assert_eq!(train(&["--config", &path("run.json"), "--freeze", "everything"])["n_steps"], 0);

    let (model, pairs) = (minilm(), path("pairs.tsv"));
    for (file, expect) in
        [("bad.json", "bad.json: has the unknown field \"config.epoch\""), ("pairs.tsv", "can't be read as a run")]
    {
        refused(&["train", "--model", &model, "--data", &pairs, "--config", &path(file)], expect);
    }
}

#[test]
fn classes_come_from_the_data() {
    let pairs = "question1,question2,is_duplicate\nHow old is he?,What is his age?,yes\nWho is he?,How old is she?,no\n\
        Where is it?,Why is it?,no\nWhen was it?,At what time was it?,yes\n";
    let (_folder, path) = folder(&[("questions.csv", pairs)]);
    let (model, data, out) = (minilm(), path("questions.csv"), path("out"));
    json(&["train", "--model", &model, "--data", &data, "--layers", "1", "--epochs", "1", "--out", &out, "--json"]);
    let scores = json(&["evaluate", "--model", &out, "--data", &data, "--json"]);
    assert_eq!(scores["confusion"].as_array().map(Vec::len), Some(2));
    let card = std::fs::read_to_string(path("out/README.md")).unwrap();
    assert!(card.contains("| classes | yes, no |"), "{card}");
}

#[test]
fn threads_learn_and_encode_what_one_does() {
    let (_folder, path) =
        folder(&[("pairs.tsv", PAIRS), ("in.txt", "A cat.\n\nA girl sings for money.\nTwo dogs run.\n")]);
    let (model, data, input) = (minilm(), path("pairs.tsv"), path("in.txt"));
    let numbers = |threads: &str| -> Vec<f64> {
        let (trace, out) = (path("trace.jsonl"), path(threads));
        let settings = ["--freeze", "last-1", "--epochs", "2", "--batch-size", "2", "--trace", &trace, "--out", &out];
        let train = [&["train", "--model", &model, "--data", &data, "--threads", threads], &settings[..]].concat();
        let output = sbert(&train);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success() && said.contains(&format!("threads: {threads}")), "{said}");
        let steps = std::fs::read_to_string(&trace).unwrap();
        let of_step = |line: &str| -> Value { serde_json::from_str(line).unwrap() };
        let mut numbers: Vec<f64> = steps.lines().map(|line| of_step(line)["loss"].as_f64().unwrap()).collect();
        assert_eq!(numbers.len(), 4);
        let scores = json(&["evaluate", "--model", &out, "--data", &data, "--threads", threads, "--json"]);
        numbers.extend(["regression_loss", "classification_loss"].map(|name| scores[name].as_f64().unwrap()));
        let output = sbert(&["encode", "--model", &out, "--in", &input, "--threads", threads]);
        let table = String::from_utf8_lossy(&output.stdout).into_owned();
        numbers.extend(table.lines().flat_map(|line| line.split('\t')).map(|cell| cell.parse::<f64>().unwrap()));
        numbers
    };
    let one = numbers("1");
    assert_eq!(one.len(), 4 + 2 + 4 * 384);
    for threads in ["2", "3"] {
        for (a, b) in numbers(threads).iter().zip(&one) {
            assert!((a - b).abs() <= 1e-5 * b.abs().max(0.1), "{threads} threads: {a} against {b}");
        }
    }
    refused(&["evaluate", "--model", &model, "--data", &data, "--threads", "0"], "--threads is 0; give 1 or more");
}

#[test]
fn encode_takes_any_line() {
    let long = "word ".repeat(10_000);
    let (_folder, path) = folder(&[("in.txt", &format!("A cat.\n\n{long}\n"))]);
    let (model, input) = (minilm(), path("in.txt"));
    let output = sbert(&["encode", "--model", &model, "--in", &input, "--json"]);
    let lines: Vec<Value> =
        String::from_utf8_lossy(&output.stdout).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let lengths: Vec<usize> = lines.iter().map(|line| line["token_ids"].as_array().unwrap().len()).collect();
    // MiniLM's own longest sequence.
    assert_eq!(lengths, [5, 2, 256]);
    assert!(lines.iter().all(|line| line["embedding"].as_array().unwrap().len() == 384));
    assert!(String::from_utf8_lossy(&output.stderr).contains("cut to 256 tokens"));
}

#[test]
fn evaluate_scores_what_the_labels_allow() {
    let (_folder, path) =
        folder(&[("sts.csv", "A dog runs.,An animal moves.,4\nA man cooks.,A man swims.,1\na,b,2\n")]);
    let scores = json(&["evaluate", "--model", &minilm(), "--data", &path("sts.csv"), "--json"]);
    assert_eq!(scores["n_pairs"], 3);
    assert!(scores["spearman"].is_f64() && scores["pearson"].is_f64());
    assert!(scores.get("accuracy").is_none() && scores.get("macro_f1").is_none());
}

/// The page shows the guess; the terminal says it.
#[test]
fn pairs_in_windows_1252_are_read_and_said_to_be() {
    let (_folder, path) = folder(&[]);
    std::fs::write(path("latin.csv"), b"A caf\xE9 opens.,A bar opens.,4\nA man cooks.,A man swims.,1\na,b,2\n")
        .unwrap();
    let output = sbert(&["evaluate", "--model", &minilm(), "--data", &path("latin.csv"), "--json"]);
    let note = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success() && note.contains("not UTF-8, so it is read as Windows-1252"), "{note}");
    assert!(String::from_utf8_lossy(&output.stdout).contains("\"n_pairs\":3"));
}

#[test]
fn bad_input_is_named() {
    let header = "sentence_a\tsentence_b\tlabel\tscore\n";
    let (_folder, path) = folder(&[
        ("pairs.tsv", PAIRS),
        ("short.tsv", &format!("{header}a\tb\n")),
        ("label.tsv", &format!("{header}a\tb\tmaybe\t1\n")),
        ("empty.tsv", header),
        ("nli.tsv", "a\tb\tneutral\n"),
        ("head.safetensors", "no"),
    ]);
    let model = minilm();
    let train = |data: &str, more: &[&str], expect: &str| {
        refused(&[&["train", "--model", &model, "--data", &path(data)], more].concat(), expect);
    };
    train("short.tsv", &[], "line 2: has 2 columns, expected 4");
    train(
        "label.tsv",
        &["--classes", "entailment,neutral,contradiction"],
        "column \"label\": has the unknown class \"maybe\"",
    );
    train("empty.tsv", &[], "holds no pair of sentences");
    train("no-such-file.tsv", &[], "can't read");
    train("pairs.tsv", &["--batch-size", "0"], "batch_size is 0");
    train("pairs.tsv", &["--lr", "NaN"], "learning_rate is NaN");
    train("pairs.tsv", &["--freeze", "last-7"], "the model has only 6");
    train("pairs.tsv", &["--freeze", "tail"], "freeze is \"tail\"");
    train("pairs.tsv", &["--score-range", "5,5"], "score_range is 5 to 5");
    train("pairs.tsv", &["--head", &path("head.safetensors")], "classifier.safetensors can't be read");
    refused(
        &["evaluate", "--model", &model, "--data", &path("nli.tsv")],
        "the model folder has no classification head",
    );
    refused(&["encode", "--model", &path("nowhere"), "--in", &path("pairs.tsv")], "can't read");
}
