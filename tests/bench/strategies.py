"""Compares the freeze strategies: trains with each, several seeds each, and prints a table of the held-out scores.

    cargo build --release --package sbert-cli
    python3 tests/bench/strategies.py

Python 3.9 or later, standard library only. Needs tests/models/all-MiniLM-L6-v2, which `cargo xtask setup` fetches.
Arguments that aren't listed by --help go to `sbert train`, such as --head-lr 0.01. Every run is appended to the
results file as a line of JSON when it ends; a run that is already there with the same program, files, strategy, seed
and arguments isn't repeated, so an interrupted comparison goes on where it stopped. By default the program is the
release build, the files are the demo corpus and the model fetched, and the results are in build/strategies.jsonl.
"""

import argparse
import hashlib
import json
import os
import shlex
import subprocess
import sys
from pathlib import Path
from statistics import mean, stdev

ROOT = Path(__file__).resolve().parents[2]
STRATEGIES = "everything,backbone,head,last-2,nothing"
METRICS = {"accuracy": "accuracy", "macro_f1": "macro-F1", "spearman": "Spearman"}


def parse_arguments():
    release = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "release"
    program = release / ("sbert.exe" if os.name == "nt" else "sbert")
    # Without abbreviations: a prefix of one of our options may be an option of sbert.
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0], allow_abbrev=False)
    parser.add_argument("--sbert", type=Path, default=program, metavar="PATH")
    parser.add_argument("--model", type=Path, default=ROOT / "tests/models/all-MiniLM-L6-v2", metavar="DIR")
    parser.add_argument("--data", type=Path, default=ROOT / "data/demo-pairs.tsv", metavar="FILE")
    parser.add_argument("--seeds", default="1,2,3,4,5", metavar="N,N", help="(default: %(default)s)")
    parser.add_argument("--strategies", default=STRATEGIES, metavar="NAME,NAME", help="(default: %(default)s)")
    parser.add_argument("--out", type=Path, default=ROOT / "build/strategies.jsonl", metavar="FILE")
    arguments, passed_on = parser.parse_known_args()
    try:
        arguments.seeds = [int(seed) for seed in arguments.seeds.split(",")]
    except ValueError:
        parser.error("--seeds takes integers, such as 1,2,3")
    arguments.strategies = arguments.strategies.split(",")
    for path in (arguments.sbert, arguments.model / "model.safetensors", arguments.data):
        if not path.is_file():
            parser.error(f"{path} is missing")
    return arguments, passed_on


def digest(path):
    """A short name for a file's contents: paths differ between machines, and a rebuilt program may differ."""
    return hashlib.sha256(path.read_bytes()).hexdigest()[:16]


def read_results(path):
    """The results by their run; a line that an interruption cut off is passed over, so that its run is repeated."""
    results = {}
    for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else []:
        try:
            old = json.loads(line)
        except json.JSONDecodeError:
            continue
        results[json.dumps(old["run"])] = old["result"]
    return results


def append_result(path, run, result):
    path.parent.mkdir(parents=True, exist_ok=True)
    # A line that was cut off has no end yet.
    start = "\n" if path.exists() and not path.read_bytes().endswith(b"\n") else ""
    with path.open("a", encoding="utf-8") as file:
        file.write(f"{start}{json.dumps({'run': run, 'result': result})}\n")


def train(arguments, passed_on, strategy, seed):
    command = [arguments.sbert, "train", "--model", arguments.model, "--data", arguments.data]
    command += ["--freeze", strategy, "--seed", str(seed), "--json", *passed_on]
    finished = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8")
    if finished.returncode != 0:
        sys.exit(f"{shlex.join(map(str, command))}\n{finished.stderr.strip()}")
    return json.loads(finished.stdout)


def spread(values):
    """Mean ± sample standard deviation; the mean alone where there is one value."""
    return f"{mean(values):.3f} ± {stdev(values):.3f}" if len(values) > 1 else f"{mean(values):.3f}"


def table_row(strategy, results):
    seconds = mean(result["training_secs"] for result in results)
    cells = [strategy, f"{results[0]['trained_parameters']:,}", f"{seconds:.0f}"]
    cells += [spread([result["after"][metric] for result in results]) for metric in METRICS]
    return f"| {' | '.join(cells)} |"


def main():
    arguments, passed_on = parse_arguments()
    files = {"sbert": arguments.sbert, "model": arguments.model / "model.safetensors", "data": arguments.data}
    settings = {**{name: digest(path) for name, path in files.items()}, "arguments": passed_on}
    known = read_results(arguments.out)
    rows = []
    for strategy in arguments.strategies:
        of_strategy = []
        for seed in arguments.seeds:
            run = {**settings, "strategy": strategy, "seed": seed}
            result = known.get(json.dumps(run))
            if result is None:
                result = train(arguments, passed_on, strategy, seed)
                append_result(arguments.out, run, result)
            scores = ", ".join(f"{name} {result['after'][metric]:.3f}" for metric, name in METRICS.items())
            print(f"{strategy}, seed {seed}: {scores}, {result['training_secs']:.1f} s", file=sys.stderr)
            of_strategy.append(result)
        rows.append(table_row(strategy, of_strategy))
    header = f"| strategy | trained parameters | seconds | {' | '.join(METRICS.values())} |"
    print(header, "| --- | --: | --: | --- | --- | --- |", *rows, sep="\n")


if __name__ == "__main__":
    main()
