"""Whether models that this project exports are the same in Python. See README.md."""

import argparse
import csv
import json
import logging
import re
import tempfile
import warnings
from pathlib import Path

import numpy as np
import torch
from safetensors import safe_open
from sentence_transformers import SentenceTransformer
from sklearn.metrics import confusion_matrix

from settings import DEMO_PAIRS, EMBEDDING_TOLERANCE, SCORE_TOLERANCE, find_sbert, run_sbert, unpack

SENTENCES = [
    "A dog runs in the park.",
    "An animal is moving.",
    "",
    "Ein Café in München — naïve, señor? 漢字 😀",
    "<b>bold</b> & <script>alert(1)</script>",
    "  spaces   between\tand around  ",
    "a line\u2028separator",
    "word " * 400,
]


class Report:
    """Prints each check, and remembers whether one failed."""

    def __init__(self) -> None:
        self.failed = False

    def check(self, name: str, is_right: bool, found: str) -> None:
        self.failed |= not is_right
        print(f"  {'ok  ' if is_right else 'FAIL'} {name}: {found}")

    def embeddings(self, name: str, found: np.ndarray, expected: np.ndarray) -> None:
        if found.shape != expected.shape:
            self.check(name, False, f"shape {found.shape}, expected {expected.shape}")
            return
        difference = np.abs(found - expected).max()
        relative = (np.linalg.norm(found - expected, axis=1) / np.linalg.norm(expected, axis=1)).max()
        # Not "greater than", which NaN isn't either.
        is_right = bool(difference <= EMBEDDING_TOLERANCE)
        self.check(name, is_right, f"max abs difference {difference:.1e}, relative {relative:.1e}")

    def numbers(self, name: str, found, expected) -> None:
        found, expected = np.asarray(found, dtype=np.float64), np.asarray(expected, dtype=np.float64)
        difference = np.abs(found - expected).max() / max(np.abs(expected).max(), 1e-30)
        self.check(name, bool(difference <= SCORE_TOLERANCE), f"relative difference {difference:.1e}")


class Warnings(logging.Handler):
    """Gathers what Python's libraries warn of."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(record.getMessage())


def load(folder: Path, report: Report) -> SentenceTransformer:
    gathered = Warnings()
    # transformers' loggers don't hand on to the root.
    loggers = [logging.getLogger(name) for name in ("", "transformers", "sentence_transformers")]
    for logger in loggers:
        logger.addHandler(gathered)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        model = SentenceTransformer(str(folder), device="cpu")
    for logger in loggers:
        logger.removeHandler(gathered)
    messages = gathered.messages + [str(warning.message) for warning in caught]
    report.check("loads without a warning", not messages, "; ".join(messages) or "none")
    return model


def encode_by_sbert(sbert: Path, model: Path, folder: Path) -> np.ndarray:
    sentences = folder / "sentences.txt"
    sentences.write_text("".join(f"{sentence}\n" for sentence in SENTENCES), encoding="utf-8", newline="\n")
    lines = run_sbert(sbert, "encode", "--model", model, "--in", sentences, "--json")
    return np.array([line["embedding"] for line in lines], dtype=np.float32)


def check_card(folder: Path, report: Report) -> None:
    """Run the Python that the model card shows."""
    blocks = re.findall(r"```python\n(.*?)```", (folder / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    code = "".join(blocks).replace("path/to/this/folder", folder.as_posix())
    try:
        scope: dict = {"print": lambda *_: None}
        exec(code, scope)
        found = "runs"
        if "probabilities" in scope:
            found += f", probabilities {scope['probabilities'].tolist()} of {scope['classes']}"
        report.check("the card's Python", bool(blocks), found)
    except Exception as cause:
        report.check("the card's Python", False, repr(cause))


def load_head(folder: Path):
    with safe_open(folder / "classifier.safetensors", "pt") as head:
        return head.get_tensor("weight"), head.get_tensor("bias"), json.loads(head.metadata()["classes"])


def probabilities(model: SentenceTransformer, head, pairs: list[list[str]]) -> torch.Tensor:
    """Class probabilities of pairs, `[n_pairs, n_classes]`: softmax(W (u, v, |u-v|) + b)."""
    weight, bias, _ = head
    u, v = (model.encode([pair[side] for pair in pairs], convert_to_tensor=True) for side in (0, 1))
    return torch.softmax(torch.cat([u, v, (u - v).abs()], dim=1) @ weight.T + bias, dim=1)


def check_head(sbert: Path, path: Path, folder: Path, model: SentenceTransformer, report: Report) -> None:
    """Compare the head's predictions on the held-out demo pairs with `sbert evaluate`'s."""
    head = load_head(folder)
    classes = head[2]
    with DEMO_PAIRS.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    rows = [row for row in rows if row["split"] == "held-out"]
    if {row["label"] for row in rows} != set(classes):
        print(f"  --   its classes aren't the demo pairs': {classes}")
        return
    (expected,) = run_sbert(
        sbert, "evaluate", "--model", path, "--data", DEMO_PAIRS, "--split", "held-out", "--json"
    )
    gold = torch.tensor([classes.index(row["label"]) for row in rows])
    found = probabilities(model, head, [[row["sentence_a"], row["sentence_b"]] for row in rows])
    confusion = confusion_matrix(gold, found.argmax(dim=1), labels=range(len(classes))).tolist()
    report.check("the head's confusion matrix", confusion == expected["confusion"], str(confusion))
    cross_entropy = -found.double().log()[torch.arange(len(gold)), gold].mean().item()
    report.numbers("the head's cross-entropy", cross_entropy, expected["classification_loss"])


def check_page(file: Path, folder: Path, model: SentenceTransformer, report: Report) -> None:
    """Compare what the page has shown."""
    shown = json.loads(file.read_text(encoding="utf-8"))
    pairs = shown["sentences"]
    u, v = (torch.from_numpy(model.encode([pair[side] for pair in pairs])) for side in (0, 1))
    cosine = torch.nn.functional.cosine_similarity(u, v)
    difference = np.abs(cosine.numpy() - np.array(shown["cosine"])).max()
    report.check("the page's cosines", bool(difference <= EMBEDDING_TOLERANCE), f"max abs difference {difference:.1e}")
    if "embeddings" in shown:
        of_page = np.array(shown["embeddings"], dtype=np.float32).reshape(2 * len(pairs), -1)
        report.embeddings("the page's embeddings", torch.stack([u, v], dim=1).reshape(of_page.shape).numpy(), of_page)
    if shown.get("probabilities"):
        head = load_head(folder)
        report.check("the page's classes", shown["classes"] == head[2], str(head[2]))
        difference = np.abs(probabilities(model, head, pairs).numpy() - np.array(shown["probabilities"])).max()
        is_right = bool(difference <= EMBEDDING_TOLERANCE)
        report.check("the page's probabilities", is_right, f"max abs difference {difference:.1e}")


def check(path: Path, sbert: Path, page: Path | None, report: Report) -> None:
    print(path)
    with tempfile.TemporaryDirectory() as scratch:
        scratch = Path(scratch)
        (scratch / "unpacked").mkdir()
        folder = unpack(path, scratch / "unpacked")
        model = load(folder, report)
        ours = encode_by_sbert(sbert, path, scratch)
        report.embeddings("embeddings against sbert's", model.encode(SENTENCES), ours)
        check_card(folder, report)
        if (folder / "classifier.safetensors").exists():
            check_head(sbert, path, folder, model, report)
        if page is not None:
            check_page(page, folder, model, report)
        model.save_pretrained(str(scratch / "saved"))
        report.embeddings("saved by Python, read by sbert", encode_by_sbert(sbert, scratch / "saved", scratch), ours)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("models", nargs="+", type=Path, metavar="MODEL", help="folder or zip")
    parser.add_argument("--sbert", help="the command line; without it the newest that cargo has built")
    parser.add_argument("--page", type=Path, metavar="FILE", help="what the page has shown of the one model, as JSON")
    arguments = parser.parse_args()
    if arguments.page is not None and len(arguments.models) != 1:
        parser.error("--page goes with one model")
    report = Report()
    for path in arguments.models:
        check(path, find_sbert(arguments.sbert), arguments.page, report)
    if report.failed:
        raise SystemExit("some checks failed")


if __name__ == "__main__":
    main()
