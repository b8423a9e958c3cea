"""Writes the fixtures that the tests compare this project with: PyTorch, transformers, tokenizers, scipy, scikit-learn.

Run by hand; the fixtures are committed. With Python 3.11 or later, from the root of the repository:

    python -m venv oracle-env
    oracle-env/bin/pip install -r tests/oracle/requirements.txt
    oracle-env/bin/python tests/oracle/generate.py                       # every part
    oracle-env/bin/python tests/oracle/generate.py tiny_bert scores      # the parts named

The parts `tokenization`, `minilm` and `bert_tiny` read web/models and tests/models, which `cargo xtask setup` fetches.

A second run gives the same bytes. On another processor the last digits that were computed in float32 (the embeddings
in minilm.json, the figures under "float32_error" in tiny_bert/oracle.json) may differ.
"""

import argparse
import importlib
from pathlib import Path

PARTS = ["tiny_bert", "cosent", "tiny_distilbert", "bert_tiny", "tokenization", "scores", "embedding_map", "minilm", "folders"]


def main() -> None:
    parser = argparse.ArgumentParser(description="Write the fixtures of the oracle.")
    parser.add_argument("parts", nargs="*", metavar="part", help=f"any of {', '.join(PARTS)}; all unless named")
    parts = parser.parse_args().parts or PARTS
    if unknown := set(parts) - set(PARTS):
        parser.error(f"there is no part {', '.join(sorted(unknown))}; the parts are {', '.join(PARTS)}")
    root = Path(__file__).resolve().parents[2]
    for part in parts:
        # Imported only when asked for: scipy's part needn't wait for PyTorch.
        importlib.import_module(f"generators.{part}").generate(root)
        print(f"{part}: written")


if __name__ == "__main__":
    main()
