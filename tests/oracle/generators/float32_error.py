"""How far numbers computed in float32 are from the float64 reference."""

import torch

# Softmax doesn't change when every key is shifted. So this gradient is zero, a computed one is rounding alone, and
# AdamW, which divides by a gradient's size, makes steps of it. They change no embedding, and count apart.
KEY_BIAS = ("attention.self.key.bias", "attention.k_lin.bias")  # in BERT and in DistilBERT

Tensors = dict[str, torch.Tensor]


def figure(error: float) -> float:
    """Two significant digits."""
    return float(f"{error:.1e}")


def relative_error(tensor: torch.Tensor, reference: torch.Tensor) -> float:
    """‖a - b‖ / ‖b‖, in float64."""
    tensor, reference = tensor.double(), reference.double()
    return ((tensor - reference).norm() / reference.norm()).item()


def worst_tensor(tensors: Tensors, references: Tensors) -> dict:
    """The largest relative error of a tensor other than the keys' biases, and whose it is."""
    names = [name for name in references if not name.endswith(KEY_BIAS)]
    errors = {name: relative_error(tensors[name], references[name]) for name in names}
    worst = max(names, key=errors.get)
    return {"worst": figure(errors[worst]), "tensor": worst}


def worst_value(steps: list[dict], references: list[dict], names: tuple[str, ...]) -> dict:
    """The largest relative error of the named values of a run's steps, and whose it is."""
    errors = {
        (step_idx + 1, name): abs(step[name] / reference[name] - 1)
        for step_idx, (step, reference) in enumerate(zip(steps, references, strict=True))
        for name in names
        if reference[name]  # neither absent nor, as the head's gradient in a step without labels, zero
    }
    step, value = max(errors, key=errors.get)
    return {"worst": figure(errors[step, value]), "step": step, "value": value}


def key_biases(tensors: Tensors) -> torch.Tensor:
    """The keys' biases, or their gradients, of all layers; empty if there are none."""
    biases = [tensor for name, tensor in tensors.items() if name.endswith(KEY_BIAS)]
    return torch.cat(biases) if biases else torch.empty(0)
