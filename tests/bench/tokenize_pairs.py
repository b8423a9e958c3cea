"""Prints the token ids of pairs of sentences and their scores, as the bench needs them: a JSON list of {a, b, score}.

    PYTHON tests/bench/tokenize_pairs.py --in stsb-en-test.csv

Needs tokenizers. The file has three columns and no header: two sentences and a score.
"""

import argparse
import csv
import json
from pathlib import Path

from tokenizers import Tokenizer

ROOT = Path(__file__).resolve().parents[2]
MAX_SEQ_LENGTH = 128


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--in", dest="file", type=Path, required=True, metavar="FILE", help="pairs, as CSV")
    arguments = parser.parse_args()
    tokenizer = Tokenizer.from_file(str(ROOT / "tests/models/all-MiniLM-L6-v2/tokenizer.json"))
    tokenizer.enable_truncation(MAX_SEQ_LENGTH)
    tokenizer.no_padding()
    with arguments.file.open(encoding="utf-8", newline="") as lines:
        pairs = [
            {"a": tokenizer.encode(a).ids, "b": tokenizer.encode(b).ids, "score": float(score)}
            for a, b, score in csv.reader(lines)
        ]
    print(json.dumps(pairs))


if __name__ == "__main__":
    main()
