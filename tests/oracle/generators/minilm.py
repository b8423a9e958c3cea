"""Embeddings of all-MiniLM-L6-v2, and its score on the demo corpus, for the tests that use real weights."""

import csv
import json
from pathlib import Path

import torch
import transformers
from scipy.stats import pearsonr, spearmanr
from torch.nn.functional import cosine_similarity, mse_loss

from . import versions

MAX_SEQ_LENGTH = 128
SENTENCES = [
    "The kettle whistled while rain ran down the window.",
    "Rain ran down the window.",
    "Nobody expected the ferry to leave two hours early, did they?",
    "Prices rose by 3.5% - again - in the second quarter.",
    "naïve café, São Paulo: ¿qué tal?",
    "東京は晴れ and 25°C",
    "Supercalifragilisticexpialidocious, antidisestablishmentarianism!",
    "",
    "word " * 300,
]


class Encoder:
    """The checkpoint with mean pooling over the tokens that aren't padding; embeddings aren't normalised."""

    def __init__(self, folder: Path):
        self.tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
        # In float64, so that the reference's own rounding is out of the picture.
        self.bert = transformers.AutoModel.from_pretrained(folder).double().eval()

    def token_ids(self, text: str) -> torch.Tensor:
        return self.tokenizer(text, truncation=True, max_length=MAX_SEQ_LENGTH, return_tensors="pt")["input_ids"]

    def embed(self, text: str) -> torch.Tensor:
        """One sentence at a time, so that there is no padding."""
        with torch.no_grad():
            return self.bert(self.token_ids(text)).last_hidden_state.mean(dim=1)[0]


def generate(root: Path) -> None:
    """Write tests/oracle/minilm.json."""
    torch.set_num_threads(1)
    encoder = Encoder(root / "tests/models/all-MiniLM-L6-v2")
    sentences = [
        {
            "text": text,
            "token_ids": encoder.token_ids(text)[0].tolist(),
            "embedding": [float(f"{value:.8g}") for value in encoder.embed(text).tolist()],
        }
        for text in SENTENCES
    ]
    content = {
        "versions": versions("torch", "transformers", "scipy"),
        "sentences": sentences,
        "held_out": held_out(encoder, root / "data/demo-pairs.tsv"),
    }
    (root / "tests/oracle/minilm.json").write_text(json.dumps(content) + "\n")


def held_out(encoder: Encoder, corpus: Path) -> dict:
    """The cosine of the embeddings against the held-out pairs' scores."""
    with corpus.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        pairs = [row for row in rows if row["split"] == "held-out"]
    u, v = (torch.stack([encoder.embed(pair[side]) for pair in pairs]) for side in ("sentence_a", "sentence_b"))
    cosines = cosine_similarity(u, v)
    scores = torch.tensor([float(pair["score"]) / 5 for pair in pairs], dtype=torch.float64)
    measures = {
        "pearson": pearsonr(cosines, scores).statistic,
        "spearman": spearmanr(cosines, scores).statistic,
        "regression_loss": mse_loss(cosines, scores),
    }
    return {"n_pairs": len(pairs)} | {name: float(f"{float(value):.12g}") for name, value in measures.items()}
