"""What the numbers of the tiny models are computed from: random weights, and ragged sentences in pairs."""

import json
import math
import random
from pathlib import Path

import torch
from safetensors.torch import save_file

from . import versions
from .pair_model import encoder_of

CONFIG = {
    "architectures": ["BertModel"],
    "model_type": "bert",
    "vocab_size": 200,
    "hidden_size": 32,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "intermediate_size": 48,
    "max_position_embeddings": 16,
    "type_vocab_size": 2,
    "layer_norm_eps": 1e-12,
    "hidden_act": "gelu",
    "position_embedding_type": "absolute",
    "hidden_dropout_prob": 0.1,
    "attention_probs_dropout_prob": 0.1,
    "pad_token_id": 0,
}
CLASSES = ["entailment", "neutral", "contradiction"]
PAD_ID, CLS_ID, SEP_ID = 0, 1, 2

# Tokens of each sentence, [CLS] and [SEP] included: from the shortest there is to every position.
LENGTHS = [16, 3, 5, 9, 3, 12, 7, 4, 16, 3, 6, 10, 8, 3, 14, 5, 11, 4, 13, 7, 3, 9, 6, 15, 4, 8, 12, 5, 10, 6]
N_WORDS, N_UNUSED_WORDS = 36, 4  # few, so that little of the word embeddings has to be stored
N_PAIRS, BATCH_SIZE = 37, 8  # the last batch isn't full
BATCH_WITHOUT_LABELS, BATCH_WITHOUT_SCORES = 2, 3


def write_model(folder: Path, config: dict = CONFIG, dtype: torch.dtype = torch.float32) -> None:
    """Random weights at which nothing is degenerate, and any other epsilon than 1e-12 in the layer norms shows."""
    config = config | {"transformers_version": versions("transformers")["transformers"]}
    (folder / "config.json").write_text(json.dumps(config, indent=2) + "\n")
    generator = torch.Generator().manual_seed(1)
    tensors = {}
    for name, fresh in encoder_of(config).state_dict().items():
        normal = torch.randn(fresh.shape, generator=generator)
        if name.endswith(("LayerNorm.weight", "layer_norm.weight")):
            tensors[name] = 1 + 0.2 * normal
        elif name.endswith("bias"):
            tensors[name] = 0.2 * normal
        elif name.startswith("embeddings."):
            tensors[name] = 0.05 * normal
        else:
            # Larger queries and keys, so that attention is far from uniform.
            scale = 1.5 if any(part in name for part in ("query", "key", "q_lin", "k_lin")) else 1.0
            tensors[name] = scale / math.sqrt(fresh.shape[1]) * normal
    tensors = {name: tensor.to(dtype) for name, tensor in tensors.items()}
    save_file(tensors, folder / "model.safetensors", {"format": "pt"})

    n_inputs = 3 * CONFIG["hidden_size"]
    head = {"weight": torch.rand(len(CLASSES), n_inputs, generator=generator)}
    head["bias"] = torch.rand(len(CLASSES), generator=generator)
    # Uniform in ±1/sqrt(n_inputs), as in a fresh torch.nn.Linear.
    head = {name: (2 * tensor - 1) / math.sqrt(n_inputs) for name, tensor in head.items()}
    save_file(head, folder / "classifier.safetensors", {"classes": json.dumps(CLASSES, separators=(",", ":"))})


def draw_corpus() -> tuple[list[list[int]], list[dict], list[int]]:
    """Ragged sentences, pairs of them of which some lack a label or a score, and the word embeddings' rows to store."""
    rng = random.Random(2)
    words = rng.sample(range(3, CONFIG["vocab_size"]), N_WORDS + N_UNUSED_WORDS)
    used, unused = words[:N_WORDS], words[N_WORDS:]
    sentences = [[CLS_ID, *rng.choices(used, k=length - 2), SEP_ID] for length in LENGTHS]
    assert len(set(map(tuple, sentences))) == len(sentences)

    pairs = []
    for position in range(N_PAIRS):
        sentence_a, sentence_b = rng.sample(range(len(sentences)), 2)
        label, score = rng.randrange(len(CLASSES)), rng.randrange(65) / 64  # a score that float32 holds exactly
        batch_idx = position // BATCH_SIZE
        if batch_idx == BATCH_WITHOUT_LABELS or (batch_idx != BATCH_WITHOUT_SCORES and position % 5 == 1):
            label = None
        elif batch_idx == BATCH_WITHOUT_SCORES or position % 7 == 3:
            score = None
        pairs.append({"sentence_a": sentence_a, "sentence_b": sentence_b, "label": label, "score": score})
    return sentences, pairs, sorted({PAD_ID, *unused, *(id for ids in sentences for id in ids)})
