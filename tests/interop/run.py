"""Trains three models with the command line and checks them in Python, and back. See README.md."""

import argparse
import tempfile
from pathlib import Path

import torch
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.modules import Normalize, Pooling, Transformer
from transformers import AutoTokenizer, BertConfig, BertModel, DistilBertConfig, DistilBertModel

import check
from settings import DEMO_PAIRS, MINILM, find_sbert, need, run_sbert

# Few enough that training takes seconds; of all domains, and of all classes, since four pairs share a first sentence.
PAIR_STRIDE = 5
SMALL_SEQ_LENGTH = 24
WIDTH = 32


def some_pairs(folder: Path) -> Path:
    """Some of the demo pairs, as a file of their own."""
    header, *rows = DEMO_PAIRS.read_text(encoding="utf-8").splitlines(keepends=True)
    file = folder / "pairs.tsv"
    file.write_text(header + "".join(rows[::PAIR_STRIDE]), encoding="utf-8")
    return file


def small_model(folder: Path, name: str) -> Path:
    """A small encoder with random weights, CLS pooling and normalisation, saved by sentence-transformers."""
    torch.manual_seed(7)
    tokenizer = AutoTokenizer.from_pretrained(MINILM)
    # DistilBERT knows most sizes by BERT's names too.
    size = {
        "vocab_size": len(tokenizer),
        "hidden_size": WIDTH,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "max_position_embeddings": 64,
    }
    if name == "bert":
        encoder = BertModel(BertConfig(intermediate_size=2 * WIDTH, **size))
    else:
        encoder = DistilBertModel(DistilBertConfig(hidden_dim=2 * WIDTH, **size))
    encoder.save_pretrained(folder / name)
    tokenizer.save_pretrained(folder / name)
    modules = [
        Transformer(str(folder / name), processor_kwargs={"model_max_length": SMALL_SEQ_LENGTH}),
        Pooling(WIDTH, pooling_mode="cls"),
        Normalize(),
    ]
    SentenceTransformer(modules=modules, device="cpu").save_pretrained(str(folder / f"small-{name}"))
    return folder / f"small-{name}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sbert", help="the command line; without it the newest that cargo has built")
    sbert = find_sbert(parser.parse_args().sbert)
    need(MINILM / "model.safetensors", "run `cargo xtask setup`")
    report = check.Report()
    with tempfile.TemporaryDirectory() as scratch:
        scratch = Path(scratch)
        pairs = some_pairs(scratch)

        trained = scratch / "minilm-head"
        run_sbert(sbert, "train", "--model", MINILM, "--data", pairs, "--out", trained, "--json")
        check.check(trained, sbert, None, report)

        for name in ("bert", "distilbert"):
            trained = scratch / f"{name}-all.zip"
            settings = ["--freeze", "nothing", "--lr", "1e-3", "--json"]
            run_sbert(sbert, "train", "--model", small_model(scratch, name), "--data", pairs, *settings, "--out", trained)
            check.check(trained, sbert, None, report)
    if report.failed:
        raise SystemExit("some checks failed")


if __name__ == "__main__":
    main()
