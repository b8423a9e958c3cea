"""CoSENT by sentence-transformers: ten steps of the small BERT, trained by its `CoSENTLoss` alone, in float64."""

import json
from pathlib import Path

import torch
from sentence_transformers.sentence_transformer.losses import CoSENTLoss

from . import versions
from .tiny_bert import TRAINING, Oracle, digits, optimizer_of
from .tiny_bert_inputs import BATCH_SIZE, draw_corpus


def generate(root: Path) -> None:
    """Write tests/oracle/tiny_bert/cosent.json. The model is that of the part `tiny_bert`."""
    torch.set_num_threads(1)  # one order of summation
    folder = root / "tests/oracle/tiny_bert"
    oracle = Oracle(folder, *draw_corpus())
    content = {"versions": versions("torch", "transformers", "sentence-transformers"), "steps": run(oracle)}
    (folder / "cosent.json").write_text(json.dumps(content, indent=1) + "\n")


def run(oracle: Oracle) -> list[dict]:
    """Losses and gradient norms of the steps. Pairs without a score are left out of their batch."""
    model = oracle.model(torch.float64)
    encoder = {name: value for name, value in model.parameters_by_name().items() if not name.startswith("classifier.")}
    batches = [oracle.pairs[start : start + BATCH_SIZE] for start in range(0, len(oracle.pairs), BATCH_SIZE)]
    optimizer, schedule = optimizer_of(encoder, TRAINING["epochs"] * len(batches))
    loss_of = CoSENTLoss(model)
    steps = []
    for batch in batches * TRAINING["epochs"]:
        scored = [pair for pair in batch if pair["score"] is not None]
        optimizer.zero_grad()
        if scored:
            sides = [pair["sentence_a"] for pair in scored] + [pair["sentence_b"] for pair in scored]
            embeddings = model.embed([oracle.sentences[position] for position in sides]).chunk(2)
            scores = torch.tensor([pair["score"] for pair in scored], dtype=torch.float64)
            loss = loss_of.compute_loss_from_embeddings(list(embeddings), scores)
            loss.backward()
        else:
            # Nothing to learn from: zeros, so that AdamW's moments and its decay go on.
            loss = torch.zeros(())
            for parameter in encoder.values():
                parameter.grad = torch.zeros_like(parameter)
        norm = torch.nn.utils.clip_grad_norm_(encoder.values(), TRAINING["max_gradient_norm"])
        optimizer.step()
        schedule.step()
        steps.append({"loss": digits(loss), "gradient_norm": digits(norm)})
    return steps
