"""Token ids of awkward texts, by the Python `tokenizers` and all-MiniLM-L6-v2's tokenizer.json."""

import json
from pathlib import Path

from tokenizers import Tokenizer

from . import versions
from .awkward_texts import awkward_texts

N_TEXTS = 2000
MAX_SEQ_LENGTH = 128


def generate(root: Path) -> None:
    """Write tests/oracle/tokenization.jsonl: the versions, then a line `["text", [ids...]]` for each text."""
    tokenizer = Tokenizer.from_file(str(root / "tests/models/all-MiniLM-L6-v2/tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(MAX_SEQ_LENGTH)
    lines = [json.dumps({"versions": versions("tokenizers")})]
    # ASCII, so that no editor, diff or line splitter meets the texts' control characters.
    for text in awkward_texts(N_TEXTS):
        ids = tokenizer.encode(text, add_special_tokens=True).ids
        lines.append(json.dumps([text, ids], ensure_ascii=True, separators=(",", ":")))
    (root / "tests/oracle/tokenization.jsonl").write_text("\n".join(lines) + "\n")
