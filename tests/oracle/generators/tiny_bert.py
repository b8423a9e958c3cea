"""A BERT of two layers with random weights: its embeddings, gradients and ten steps of training, in float64.

The weights are float32, as a checkpoint's are, and are cast to float64 before anything is computed, so that the only
rounding a test sees is its own. What PyTorch itself loses in float32 is written down as "float32_error": no
implementation in float32 can be asked for much less.
"""

import json
import math
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors.torch import save_file
from transformers import get_linear_schedule_with_warmup

from . import versions
from .float32_error import Tensors, figure, key_biases, relative_error, worst_tensor, worst_value
from .pair_model import SentencePairModel, joint
from .tiny_bert_inputs import BATCH_SIZE, PAD_ID, draw_corpus, write_model

FORWARD_BATCHES = [[5], [0, 1, 2, 3, 18, 19, 20, 23], [8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 27, 28]]
GRADIENT_WEIGHTS = {"classification_weight": 0.7, "regression_weight": 1.3}
TRAINING = {
    "epochs": 2,
    "batch_size": BATCH_SIZE,
    "learning_rate": 1e-3,
    "head_learning_rate": 1e-2,
    "warmup_fraction": 0.2,
    "weight_decay": 0.01,
    "max_gradient_norm": 4.0,  # every run has steps above it and steps below
    "classification_weight": 1.0,
    "regression_weight": 2.0,
}
# The prefixes of what a strategy trains. A strategy is named after what it freezes, last-1 after what it doesn't.
TRAINED = {
    "backbone": ("classifier.",),
    "embeddings": ("encoder.", "transformer.", "classifier."),
    "head": ("embeddings.", "encoder.", "transformer."),
    "last-1": ("encoder.layer.1.", "transformer.layer.1.", "classifier."),
    "nothing": ("embeddings.", "encoder.", "transformer.", "classifier."),
}
LOSSES = ("classification_loss", "regression_loss", "loss")
NORM = "gradient_norm"
WORD_EMBEDDINGS = "embeddings.word_embeddings.weight"


@dataclass
class Oracle:
    """What every part of the oracle needs."""

    folder: Path
    sentences: list[list[int]]
    pairs: list[dict]
    word_rows: list[int]

    def model(self, dtype: torch.dtype) -> SentencePairModel:
        """The untrained model."""
        return SentencePairModel(self.folder, dtype)

    def stored(self, tensors: Tensors) -> Tensors:
        """What a fixture holds of parameters or gradients: float32, and of the word embeddings some rows."""
        rows = {name: tensor[self.word_rows] if name == WORD_EMBEDDINGS else tensor for name, tensor in tensors.items()}
        return {name: tensor.detach().to(torch.float32).contiguous() for name, tensor in rows.items()}

    def forward(self, dtype: torch.dtype) -> list[torch.Tensor]:
        """Embeddings of each of the ragged batches."""
        model = self.model(dtype)
        with torch.no_grad():
            return [model.embed([self.sentences[position] for position in batch]) for batch in FORWARD_BATCHES]

    def gradient(self, dtype: torch.dtype) -> tuple[dict, Tensors]:
        """Losses of all pairs as one batch, and the gradient of every parameter."""
        model = self.model(dtype)
        losses = model.losses(self.sentences, self.pairs)
        loss = joint(losses, GRADIENT_WEIGHTS)
        loss.backward()
        gradients = {name: parameter.grad for name, parameter in model.parameters_by_name().items()}
        assert not gradients[WORD_EMBEDDINGS][PAD_ID].any()
        norm = torch.nn.utils.get_total_norm(gradients.values())
        return dict(zip((*LOSSES, NORM), map(digits, (*losses, loss, norm)))), self.stored(gradients)

    def run(self, strategy: str, dtype: torch.dtype) -> tuple[list[dict], Tensors]:
        """Train in file order; what each step reports, and the trained parameters after the last."""
        model = self.model(dtype)
        for name, parameter in model.parameters_by_name().items():
            parameter.requires_grad_(name.startswith(TRAINED[strategy]))
        trained = {name: parameter for name, parameter in model.parameters_by_name().items() if parameter.requires_grad}
        batches = [self.pairs[start : start + BATCH_SIZE] for start in range(0, len(self.pairs), BATCH_SIZE)]
        n_steps = TRAINING["epochs"] * len(batches)

        optimizer, schedule = optimizer_of(trained, n_steps)
        steps = []
        for step_idx in range(n_steps):
            batch = batches[step_idx % len(batches)]
            factor = schedule.lr_lambdas[0](step_idx)
            losses = model.losses(self.sentences, batch)
            loss = joint(losses, TRAINING)
            optimizer.zero_grad()
            loss.backward()
            norm = torch.nn.utils.clip_grad_norm_(trained.values(), TRAINING["max_gradient_norm"])
            optimizer.step()
            schedule.step()

            step = dict(zip((*LOSSES, NORM), map(digits, (*losses, loss, norm))))
            for target, name in [("label", "classification_loss"), ("score", "regression_loss")]:
                if all(pair[target] is None for pair in batch):
                    step[name] = None
            steps.append(step | {rate: TRAINING[rate] * factor for rate in ("learning_rate", "head_learning_rate")})
        return steps, self.stored(trained)


def optimizer_of(trained: dict[str, torch.nn.Parameter], n_steps: int):
    """AdamW with one rate for the encoder and one for the head, and the schedule of the rates."""
    groups = {}
    for name, parameter in trained.items():
        part = "head_learning_rate" if name.startswith("classifier.") else "learning_rate"
        # Biases and layer norms, the parameters of rank one, don't decay.
        decay = TRAINING["weight_decay"] if parameter.dim() > 1 else 0.0
        group = {"params": [], "lr": TRAINING[part], "weight_decay": decay}
        groups.setdefault((part, decay), group)["params"].append(parameter)
    optimizer = torch.optim.AdamW(list(groups.values()), betas=(0.9, 0.999), eps=1e-8)
    n_warmup = math.ceil(TRAINING["warmup_fraction"] * n_steps)
    return optimizer, get_linear_schedule_with_warmup(optimizer, n_warmup, n_steps)


def generate(root: Path) -> None:
    """Write tests/oracle/tiny_bert."""
    torch.set_num_threads(1)  # one order of summation
    folder = root / "tests/oracle/tiny_bert"
    folder.mkdir(exist_ok=True)
    write_model(folder)
    oracle = Oracle(folder, *draw_corpus())
    content = {"versions": versions("torch", "transformers"), "pad_id": PAD_ID, "word_rows": oracle.word_rows}
    content |= {"sentences": oracle.sentences, "pairs": oracle.pairs}

    reference, single = oracle.forward(torch.float64), oracle.forward(torch.float32)
    content["batches"] = [
        {"sentences": batch, "embeddings": [[digits(value) for value in row] for row in embeddings]}
        for batch, embeddings in zip(FORWARD_BATCHES, reference)
    ]
    error = {"forward": figure(max(map(relative_error, single, reference)))}

    values, gradients = oracle.gradient(torch.float64)
    save_file(gradients, folder / "gradients.safetensors")
    content["gradient"] = GRADIENT_WEIGHTS | values
    single_values, single = oracle.gradient(torch.float32)
    error["gradients"] = worst_tensor(single, gradients)
    error["gradients"]["loss"] = worst_value([single_values], [values], LOSSES)["worst"]
    error["gradients"]["gradient_norm"] = worst_value([single_values], [values], (NORM,))["worst"]
    error["gradients"]["norm_of_key_biases"] = figure(key_biases(single).norm().item())  # instead of zero

    content |= {"training": TRAINING, "runs": {}}
    error["runs"] = {}
    for strategy in TRAINED:
        steps, parameters = oracle.run(strategy, torch.float64)
        norms = [step[NORM] for step in steps]
        assert min(norms) < TRAINING["max_gradient_norm"] < max(norms), (strategy, norms)
        save_file(parameters, folder / f"after_{strategy}.safetensors")
        content["runs"][strategy] = steps
        single_steps, single = oracle.run(strategy, torch.float32)
        error["runs"][strategy] = {
            "loss": worst_value(single_steps, steps, LOSSES),
            "gradient_norm": worst_value(single_steps, steps, (NORM,)),
            "parameters": worst_tensor(single, parameters),
        }
        if (biases := key_biases(parameters)).numel():
            error["runs"][strategy]["key_bias"] = figure(relative_error(key_biases(single), biases))
    content["float32_error"] = error
    dump = json.JSONEncoder(separators=(",", ":"), allow_nan=False).encode
    lines = [f"{dump(part)}: {dump(value)}" for part, value in content.items()]
    (folder / "oracle.json").write_text("{\n" + ",\n".join(lines) + "\n}\n")


def digits(value: torch.Tensor) -> float:
    """Thirteen significant digits: what the order of float64's sums leaves alone."""
    return float(f"{value.item():.12e}")
