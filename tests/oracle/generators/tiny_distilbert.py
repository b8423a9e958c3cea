"""A DistilBERT of two layers with random weights: its embeddings and ten steps of training, in float64.

Its sizes, sentences and settings are those of the tiny BERT.
"""

import json
from pathlib import Path

import torch

from . import versions
from .tiny_bert import FORWARD_BATCHES, GRADIENT_WEIGHTS, TRAINED, TRAINING, Oracle, digits
from .tiny_bert_inputs import CONFIG as BERT
from .tiny_bert_inputs import PAD_ID, draw_corpus, write_model

CONFIG = {
    "architectures": ["DistilBertModel"],
    "model_type": "distilbert",
    "vocab_size": BERT["vocab_size"],
    "dim": BERT["hidden_size"],
    "n_layers": BERT["num_hidden_layers"],
    "n_heads": BERT["num_attention_heads"],
    "hidden_dim": BERT["intermediate_size"],
    "max_position_embeddings": BERT["max_position_embeddings"],
    "activation": "gelu",
    "sinusoidal_pos_embds": False,
    "dropout": 0.1,
    "attention_dropout": 0.1,
    "pad_token_id": PAD_ID,
}


def generate(root: Path) -> None:
    """Write tests/oracle/tiny_distilbert, in the layout of tiny_bert."""
    torch.set_num_threads(1)  # one order of summation
    folder = root / "tests/oracle/tiny_distilbert"
    folder.mkdir(exist_ok=True)
    write_model(folder, CONFIG, torch.float16)
    oracle = Oracle(folder, *draw_corpus())
    content = {"versions": versions("torch", "transformers"), "pad_id": PAD_ID, "word_rows": oracle.word_rows}
    content |= {"sentences": oracle.sentences, "pairs": oracle.pairs}
    content["batches"] = [
        {"sentences": batch, "embeddings": [[digits(value) for value in row] for row in embeddings]}
        for batch, embeddings in zip(FORWARD_BATCHES, oracle.forward(torch.float64))
    ]
    losses, _ = oracle.gradient(torch.float64)
    content["gradient"] = GRADIENT_WEIGHTS | losses
    content |= {"training": TRAINING, "runs": {}}
    for strategy in TRAINED:
        content["runs"][strategy], _ = oracle.run(strategy, torch.float64)
    dump = json.JSONEncoder(separators=(",", ":"), allow_nan=False).encode
    lines = [f"{dump(part)}: {dump(value)}" for part, value in content.items()]
    (folder / "oracle.json").write_text("{\n" + ",\n".join(lines) + "\n}\n")
