"""Repeats a run that the page has exported, by the command line and by its own Python script. See README.md."""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from settings import find_sbert, run_sbert, unpack

# Twice the standard error of an accuracy of 0.7 to 0.8 on the 300 held-out demo pairs, 0.025: seeds differ by less.
SCORE_DIFFERENCE = 0.05
# Before training both have the same weights but for the head: rounding alone.
ENCODER_DIFFERENCE = 1e-4


def run_script(folder: Path, model: Path, out: Path, n_processes: int) -> dict[str, dict]:
    """Scores before and after, as `train.py` prints them."""
    launcher = [sys.executable]
    if n_processes > 1:
        # With --cpu accelerate starts one process, whatever --num_processes says; so it is asked as for GPUs, and the
        # processes are told to do without.
        launcher += ["-m", "accelerate.commands.launch", "--multi_gpu", "--num_processes", str(n_processes)]
    command = [*launcher, folder / "train.py", "--model", model, "--out", out]
    environment = os.environ | {"ACCELERATE_USE_CPU": "true"}
    result = subprocess.run(
        list(map(str, command)), capture_output=True, text=True, encoding="utf-8", env=environment
    )
    if result.returncode != 0:
        raise SystemExit(result.stderr)
    lines = [line.split(" ", 1) for line in result.stdout.splitlines() if line.startswith(("before ", "after "))]
    return {moment: json.loads(scores) for moment, scores in lines}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("recipe", type=Path, help="folder or zip with run.json, pairs.jsonl and train.py")
    parser.add_argument("model", type=Path, help="folder of the model that the run begins with")
    parser.add_argument("--sbert", help="the command line; without it the newest that cargo has built")
    parser.add_argument("--processes", type=int, default=1, metavar="N", help="of the script, by accelerate launch")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        scratch = Path(scratch)
        (scratch / "unpacked").mkdir()
        folder = unpack(arguments.recipe, scratch / "unpacked")
        # Told in full: the script lies elsewhere than this process.
        model = arguments.model.resolve()
        inputs = ["--model", model, "--data", folder / "pairs.jsonl", "--config", folder / "run.json"]
        (ours,) = run_sbert(find_sbert(arguments.sbert), "train", *inputs, "--out", scratch / "ours", "--json")
        run = json.loads((folder / "run.json").read_text(encoding="utf-8"))
        trains = run["config"]["freeze"]["kind"] != "everything"
        theirs = run_script(folder, model, scratch / "theirs", arguments.processes)
    failed = False
    print(f"{'':24} {'sbert':>8} {'train.py':>8}")
    for moment in ("before", "after"):
        for name in ("accuracy", "macro_f1", "spearman", "pearson"):
            if ours[moment].get(name) is None:
                continue
            found, expected = theirs[moment][name], ours[moment][name]
            tolerance = SCORE_DIFFERENCE if moment == "after" else ENCODER_DIFFERENCE
            # Heads that nothing has trained are two draws: only what the encoder gives can be compared.
            is_compared = (moment == "after" and trains) or name in ("spearman", "pearson")
            is_right = not is_compared or abs(found - expected) <= tolerance
            failed |= not is_right
            print(f"{moment + ' ' + name:24} {expected:8.4f} {found:8.4f} {'' if is_right else 'FAIL'}")
    if failed:
        raise SystemExit("the scores are further apart than seeds are")


if __name__ == "__main__":
    main()
