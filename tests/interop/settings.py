"""What the checks share: places, tolerances, and the command line under test."""

import json
import subprocess
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MINILM = ROOT / "tests/models/all-MiniLM-L6-v2"
DEMO_PAIRS = ROOT / "data/demo-pairs.tsv"

# Of embeddings, whose elements are of the order of 0.05 (normalised) to 1: what the issue of this work asks for.
EMBEDDING_TOLERANCE = 1e-5
# Of losses and probabilities, relative.
SCORE_TOLERANCE = 1e-5


def find_sbert(path: str | None) -> Path:
    """The command line: the one named, or the newest that cargo has built here."""
    built = [ROOT / "target" / profile / "sbert" for profile in ("release", "debug")]
    found = [Path(path)] if path else [candidate for candidate in built if candidate.exists()]
    if not found or not found[0].exists():
        raise SystemExit("no sbert: run `cargo build --release --package sbert-cli`, or name one with --sbert PATH")
    return max(found, key=lambda candidate: candidate.stat().st_mtime)


def need(path: Path, remedy: str) -> None:
    """End with what to do if a file isn't there."""
    if not path.exists():
        raise SystemExit(f"{path} is missing: {remedy}")


def run_sbert(sbert: Path, *arguments: object) -> list[dict]:
    """Run the command line; what it prints, one JSON object a line."""
    result = subprocess.run([sbert, *map(str, arguments)], capture_output=True, text=True, encoding="utf-8")
    if result.returncode != 0:
        raise SystemExit(f"sbert {' '.join(map(str, arguments))}\n{result.stderr}")
    # Not splitlines, which also splits at what a sentence may hold, such as U+2028.
    return [json.loads(line) for line in result.stdout.split("\n") if line]


def unpack(path: Path, into: Path) -> Path:
    """The folder of a folder or a zip of one."""
    if path.is_dir():
        return path
    with zipfile.ZipFile(path) as archive:
        archive.extractall(into)
    (folder,) = into.iterdir()
    return folder
