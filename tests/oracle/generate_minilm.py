"""Reference values of all-MiniLM-L6-v2 from PyTorch, for the tests that use real weights.

    python -m venv oracle-env && oracle-env/bin/pip install torch transformers
    oracle-env/bin/python tests/oracle/generate_minilm.py

Reads web/models/all-MiniLM-L6-v2, writes tests/oracle/minilm.json. The embeddings are the mean over the tokens that
aren't padding, not normalised, of at most 128 tokens.
"""

import json
from pathlib import Path

import torch
import transformers

ROOT = Path(__file__).resolve().parents[2]
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


def main() -> None:
    folder = ROOT / "web/models/all-MiniLM-L6-v2"
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    encoder = transformers.AutoModel.from_pretrained(folder).eval()
    rows = []
    for text in SENTENCES:
        tokens = tokenizer(text, truncation=True, max_length=128, return_tensors="pt")
        with torch.no_grad():
            embedding = encoder(**tokens).last_hidden_state.mean(dim=1)[0]
        rows.append(
            {
                "text": text,
                "token_ids": tokens["input_ids"][0].tolist(),
                "embedding": [float(f"{value:.8g}") for value in embedding.tolist()],
            }
        )
    versions = {"torch": torch.__version__.split("+")[0], "transformers": transformers.__version__}
    (ROOT / "tests/oracle/minilm.json").write_text(json.dumps({"versions": versions, "sentences": rows}) + "\n")


if __name__ == "__main__":
    main()
