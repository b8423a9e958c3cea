"""Embeddings of a checkpoint with the older naming, BERT-tiny, in float64.

Its tensors are named as in BERT's first release: `bert.` in front, layer norms with `gamma` and `beta`, the heads of
its pre-training beside the encoder. transformers reads such a file as well; here the names are translated in sight, so
that a test of our own translation isn't compared with another guess.
"""

import json
from pathlib import Path

import torch
from safetensors.torch import load_file
from transformers import BertConfig, BertModel

from . import versions

CLS, SEP = 101, 102
LAYER_NORM = {"gamma": "weight", "beta": "bias"}
# Between [CLS] and [SEP]. Ids of BERT's lower-case vocabulary, given as such: the tokenizer is tested elsewhere.
SENTENCES = [
    [4542, 2743, 2091, 1996, 3332, 1012],  # rain ran down the window.
    [1996, 22421, 26265, 2096, 4542, 2743, 2091, 1996, 3332, 1012],  # the kettle whistled while rain ran …
    [],
    [7592],  # hello
    [1000 + (position * 7919) % 29522 for position in range(126)],  # as long as a sentence may be, ids far apart
    [30521, 1, 100, 103, 1996, 1996, 1996],  # the last id, an unused one, [UNK] and [MASK], a word thrice
]


def generate(root: Path) -> None:
    """Write tests/oracle/bert_tiny.json; reads tests/models/bert-tiny, which `cargo xtask setup` fetches."""
    torch.set_num_threads(1)  # one order of summation
    model = load(root / "tests/models/bert-tiny")
    rows = []
    for ids in ([CLS, *words, SEP] for words in SENTENCES):
        with torch.no_grad():
            embedding = model(torch.tensor([ids])).last_hidden_state[0].mean(0)
        rows.append({"token_ids": ids, "embedding": [float(f"{value:.9g}") for value in embedding.tolist()]})
    # A line for each sentence.
    dump = json.JSONEncoder(separators=(",", ":"), allow_nan=False).encode
    sentences = ",\n".join(map(dump, rows))
    head = f'"versions": {dump(versions("torch", "transformers"))}'
    (root / "tests/oracle/bert_tiny.json").write_text(f'{{\n{head},\n"sentences": [\n{sentences}\n]\n}}\n')


def load(folder: Path) -> BertModel:
    """The encoder without its pooler, every other tensor of it from the checkpoint."""
    config = BertConfig.from_dict(json.loads((folder / "config.json").read_text()))
    model = BertModel._from_config(config, attn_implementation="eager", add_pooling_layer=False)
    tensors = {current_name(name): tensor for name, tensor in load_file(folder / "model.safetensors").items()}
    unused = [name for name in tensors if name.startswith(("cls.", "pooler."))]
    model.load_state_dict({name: tensor for name, tensor in tensors.items() if name not in unused})
    return model.double().eval()


def current_name(name: str) -> str:
    """The name that transformers has now for a tensor of the file."""
    stem, _, kind = name.removeprefix("bert.").rpartition(".")
    return f"{stem}.{LAYER_NORM.get(kind, kind)}"
