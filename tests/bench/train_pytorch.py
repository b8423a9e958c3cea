"""Trains as the page does, in PyTorch on the CPU, and prints how long it took: the bench's peer.

    PYTHON tests/bench/train_pytorch.py --threads 1 --freeze nothing --epochs 1 --batching longest

Needs torch and transformers. Model, losses, optimiser and schedule are those of crate/sbert; the oracle holds their
numbers to PyTorch's. `--batching longest` batches as sentence-transformers does: pairs in random order, each side a
forward pass of its own, padded to its longest sentence. `--batching bucketed` batches as crate/sbert does: pairs of
like length, both sides in one forward pass. Frozen parts take no gradients and no dropout; trained ones have
transformers' dropout.

Prints one line of JSON. `seconds` are those of the training steps: loading the model and tokenizing come before the
clock starts. `tokens` went through the encoder, `padded_tokens` with the padding; `loss` is the joint one's mean in
the last epoch.
"""

import argparse
import csv
import json
import math
import random
import re
import time
from pathlib import Path

import torch
from tokenizers import Tokenizer
from torch.nn.functional import cosine_similarity, cross_entropy, mse_loss
from transformers import BertConfig, BertModel, get_linear_schedule_with_warmup
from transformers.utils import logging

ROOT = Path(__file__).resolve().parents[2]
CLASSES = ["entailment", "neutral", "contradiction"]

# The defaults of crate/sbert/src/train/config.rs, where each has its reason.
BATCH_SIZE = 16
LEARNING_RATE = 1e-4
HEAD_LEARNING_RATE = 3e-2
WARMUP_FRACTION = 0.1
WEIGHT_DECAY = 0.01
MAX_GRADIENT_NORM = 1.0
CLASSIFICATION_WEIGHT = 1.0
REGRESSION_WEIGHT = 10.0
# Those of crate/sbert/src/text.rs, import/read_pairs.rs and corpus/batch_plan.rs.
MAX_SEQ_LENGTH = 128
MAX_SCORE = 5.0
BATCHES_PER_BUCKET = 16


class SentencePairModel(torch.nn.Module):
    """transformers' BERT with mean pooling, and a linear layer over (u, v, |u-v|); `freeze` is what isn't trained."""

    def __init__(self, folder: Path, freeze: str):
        super().__init__()
        self.pad_id = BertConfig.from_pretrained(folder).pad_token_id
        self.bert = BertModel.from_pretrained(folder, add_pooling_layer=False)
        self.head = torch.nn.Linear(3 * self.bert.config.hidden_size, len(CLASSES))
        self.train()
        for module in self.frozen(freeze):
            module.requires_grad_(False).eval()

    def frozen(self, freeze: str) -> list[torch.nn.Module]:
        if match := re.fullmatch(r"last-(\d+)", freeze):
            layers = self.bert.encoder.layer
            return [self.bert.embeddings, *layers[: max(0, len(layers) - int(match[1]))]]
        return {"backbone": [self.bert], "head": [self.head], "nothing": []}[freeze]

    def embed(self, sentences: list[list[int]]) -> torch.Tensor:
        """Embeddings of one batch, padded to its longest sentence."""
        seq_length = max(map(len, sentences))
        ids = torch.tensor([ids + [self.pad_id] * (seq_length - len(ids)) for ids in sentences])
        mask = torch.tensor([[1] * len(ids) + [0] * (seq_length - len(ids)) for ids in sentences])
        hidden = self.bert(input_ids=ids, attention_mask=mask).last_hidden_state
        return (hidden * mask[:, :, None]).sum(1) / mask.sum(1, keepdim=True)

    def loss(self, u: torch.Tensor, v: torch.Tensor, pairs: list[dict]) -> torch.Tensor:
        logits = self.head(torch.cat([u, v, (u - v).abs()], 1))
        classification = cross_entropy(logits, torch.tensor([pair["label"] for pair in pairs]))
        regression = mse_loss(cosine_similarity(u, v), torch.tensor([pair["score"] for pair in pairs]))
        return CLASSIFICATION_WEIGHT * classification + REGRESSION_WEIGHT * regression


class Longest:
    """As sentence-transformers batches."""

    def plan(self, pairs: list[dict], rng: random.Random) -> list[list[dict]]:
        return chunks(rng.sample(pairs, len(pairs)), BATCH_SIZE)

    def forwards(self, batch: list[dict]) -> list[list[list[int]]]:
        """The sentences of each forward pass."""
        return [[pair["a"] for pair in batch], [pair["b"] for pair in batch]]


class Bucketed:
    """As crate/sbert batches: shuffled, sorted by length within buckets, the batches shuffled again."""

    def plan(self, pairs: list[dict], rng: random.Random) -> list[list[dict]]:
        buckets = chunks(rng.sample(pairs, len(pairs)), BATCH_SIZE * BATCHES_PER_BUCKET)
        by_length = [pair for bucket in buckets for pair in sorted(bucket, key=seq_length)]
        batches = chunks(by_length, BATCH_SIZE)
        return rng.sample(batches, len(batches))

    def forwards(self, batch: list[dict]) -> list[list[list[int]]]:
        return [[pair["a"] for pair in batch] + [pair["b"] for pair in batch]]


BATCHINGS = {"longest": Longest(), "bucketed": Bucketed()}


def chunks(items: list, size: int) -> list[list]:
    return [items[start : start + size] for start in range(0, len(items), size)]


def seq_length(pair: dict) -> int:
    return max(len(pair["a"]), len(pair["b"]))


def read_pairs(data: Path, model: Path) -> list[dict]:
    """The training pairs, tokenized."""
    tokenizer = Tokenizer.from_file(str(model / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(MAX_SEQ_LENGTH)
    with data.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        return [
            {
                "a": tokenizer.encode(row["sentence_a"]).ids,
                "b": tokenizer.encode(row["sentence_b"]).ids,
                "label": CLASSES.index(row["label"]),
                "score": float(row["score"]) / MAX_SCORE,
            }
            for row in rows
            if row["split"] == "train"
        ]


def make_optimizer(model: SentencePairModel) -> torch.optim.Optimizer:
    """AdamW with a rate for the encoder and one for the head; parameters of rank one don't decay."""
    groups = []
    for part, rate in [(model.bert, LEARNING_RATE), (model.head, HEAD_LEARNING_RATE)]:
        trained = [parameter for parameter in part.parameters() if parameter.requires_grad]
        for is_vector, decay in [(False, WEIGHT_DECAY), (True, 0.0)]:
            params = [parameter for parameter in trained if (parameter.dim() == 1) == is_vector]
            groups += [{"params": params, "lr": rate, "weight_decay": decay}] if params else []
    # Fused is the quickest on the CPU, and what sentence-transformers' trainer takes.
    return torch.optim.AdamW(groups, fused=True)


def train(model: SentencePairModel, pairs: list[dict], arguments: argparse.Namespace) -> dict:
    batching, rng = BATCHINGS[arguments.batching], random.Random(arguments.seed)
    n_steps = arguments.epochs * math.ceil(len(pairs) / BATCH_SIZE)
    n_tokens = n_padded = 0
    losses = []

    start = time.perf_counter()
    optimizer = make_optimizer(model)
    schedule = get_linear_schedule_with_warmup(optimizer, math.ceil(WARMUP_FRACTION * n_steps), n_steps)
    trained = [parameter for parameter in model.parameters() if parameter.requires_grad]
    for _ in range(arguments.epochs):
        losses.clear()
        for batch in batching.plan(pairs, rng):
            forwards = batching.forwards(batch)
            u, v = torch.cat([model.embed(sentences) for sentences in forwards]).chunk(2)
            loss = model.loss(u, v, batch)
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(trained, MAX_GRADIENT_NORM)
            optimizer.step()
            schedule.step()
            losses.append(loss.item())
            n_tokens += sum(len(ids) for sentences in forwards for ids in sentences)
            n_padded += sum(len(sentences) * max(map(len, sentences)) for sentences in forwards)
    seconds = time.perf_counter() - start
    counts = {"steps": n_steps, "tokens": n_tokens, "padded_tokens": n_padded}
    return {"seconds": round(seconds, 3), **counts, "loss": round(sum(losses) / len(losses), 6)}


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", type=Path, default=ROOT / "tests/models/all-MiniLM-L6-v2", metavar="DIR")
    parser.add_argument("--data", type=Path, default=ROOT / "data/demo-pairs.tsv", metavar="FILE")
    parser.add_argument("--threads", type=int, default=1, metavar="N", help="(default: %(default)s)")
    parser.add_argument("--freeze", default="nothing", help="backbone, head, last-N or nothing (default: %(default)s)")
    parser.add_argument("--epochs", type=int, default=1, metavar="N", help="(default: %(default)s)")
    parser.add_argument("--batching", choices=BATCHINGS, default="longest", help="(default: %(default)s)")
    parser.add_argument("--seed", type=int, default=42, metavar="N", help="(default: %(default)s)")
    arguments = parser.parse_args()
    if not re.fullmatch(r"backbone|head|nothing|last-\d+", arguments.freeze):
        parser.error(f'--freeze is "{arguments.freeze}"; use backbone, head, last-N (such as last-2) or nothing')
    for path in (arguments.model / "model.safetensors", arguments.data):
        if not path.is_file():
            parser.error(f"{path} is missing: `cargo xtask setup` fetches the model")
    return arguments


def main() -> None:
    arguments = parse_arguments()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    torch.set_num_threads(arguments.threads)
    torch.set_num_interop_threads(1)
    torch.manual_seed(arguments.seed)
    pairs = read_pairs(arguments.data, arguments.model)
    model = SentencePairModel(arguments.model, arguments.freeze)
    result = train(model, pairs, arguments)
    print(json.dumps(result | {"threads": torch.get_num_threads(), "torch": torch.__version__}))


if __name__ == "__main__":
    main()
