"""Writes MiniLM with mean pooling as an ONNX file, in fp32 and with weights of 8 bits, for onnxruntime-web to encode with.

    PYTHON tests/bench/export_onnx.py --out build/bench/minilm.onnx

Needs torch, transformers, onnx and onnxruntime. `cargo xtask bench --python PYTHON` runs it where a file is missing.
Pooling is part of the graph, so that all engines are asked for the same thing: token ids in, one vector a sentence out.
The second file, beside the first as `-q8.onnx`, is quantised as transformers.js's models of type q8 are: weights of
matrix products as signed 8-bit integers with one scale a tensor, activations by what they are at run time.
"""

import argparse
import logging
import warnings
from pathlib import Path

import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from transformers import AutoModel
from transformers.utils import logging as transformers_logging

ROOT = Path(__file__).resolve().parents[2]
# What onnxruntime's graph optimiser fuses best: it looks for the operations that exporters wrote until this version.
OPSET = 17
# Only the shapes' names go into the file; two of each, so that nothing is taken for a constant 1.
EXAMPLE_SHAPE = (2, 16)


class PooledEncoder(torch.nn.Module):
    """The checkpoint, and the mean of the token vectors that aren't padding."""

    def __init__(self, folder: Path):
        super().__init__()
        # "eager" writes attention out as products and a softmax, which the exporter knows and the optimiser fuses.
        self.bert = AutoModel.from_pretrained(folder, attn_implementation="eager", add_pooling_layer=False)

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        hidden = self.bert(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
        is_token = attention_mask[:, :, None].to(hidden.dtype)
        return (hidden * is_token).sum(1) / is_token.sum(1)


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", type=Path, default=ROOT / "tests/models/all-MiniLM-L6-v2", metavar="DIR")
    parser.add_argument("--out", type=Path, default=ROOT / "build/bench/minilm.onnx", metavar="FILE")
    arguments = parser.parse_args()
    if not (arguments.model / "model.safetensors").is_file():
        parser.error(f"there is no model in {arguments.model}: `cargo xtask setup` fetches it")
    return arguments


def main() -> None:
    arguments = parse_arguments()
    # It would report that the checkpoint's own pooling layer is left out, which is meant.
    transformers_logging.set_verbosity_error()
    transformers_logging.disable_progress_bar()
    encoder = PooledEncoder(arguments.model).float().eval()
    inputs = (torch.ones(EXAMPLE_SHAPE, dtype=torch.int64), torch.ones(EXAMPLE_SHAPE, dtype=torch.int64))
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    unfinished = arguments.out.with_suffix(".partial")
    axes = {0: "batch_size", 1: "seq_length"}
    with warnings.catch_warnings():
        # That this exporter is the older one, and that shapes are traced: both are wanted.
        warnings.simplefilter("ignore")
        torch.onnx.export(
            encoder,
            inputs,
            str(unfinished),
            input_names=["input_ids", "attention_mask"],
            output_names=["embeddings"],
            dynamic_axes={"input_ids": axes, "attention_mask": axes, "embeddings": {0: "batch_size"}},
            opset_version=OPSET,
            dynamo=False,
        )
    unfinished.replace(arguments.out)
    quantised = arguments.out.with_name(f"{arguments.out.stem}-q8.onnx")
    # It advises to prepare the graph first, which transformers.js's models are not.
    logging.getLogger().setLevel(logging.ERROR)
    quantize_dynamic(
        arguments.out, quantised, weight_type=QuantType.QInt8, extra_options={"EnableSubgraph": True}
    )
    for file in (arguments.out, quantised):
        print(f"{file}: {file.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
