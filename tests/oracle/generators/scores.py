"""Correlations by scipy, classification scores by scikit-learn, easy and awkward; differences of both on draws of pairs.

Every correlation is computed a second time in exact fractions, and scipy has to agree to 1e-9. It does, except where
the mean can't be told from its neighbours (numbers in which only the last digits differ, multiples of the smallest
subnormal); such cases are left out, since there scipy is no reference. Where scipy gives no number, or refuses (fewer
than two pairs), null is stored.
"""

import json
import math
import random
import warnings
from collections.abc import Callable
from decimal import Decimal, localcontext
from fractions import Fraction
from pathlib import Path

import numpy as np
from scipy.stats import pearsonr, rankdata, spearmanr
from sklearn.metrics import accuracy_score, confusion_matrix, f1_score

from . import versions

TOLERANCE = 1e-9


def generate(root: Path) -> None:
    """Write tests/oracle/scores.json."""
    correlations = [correlation(name, x, y) for name, x, y in correlation_cases()]
    classifications = [classification(*case) for case in classification_cases()]
    bootstraps = [bootstrap(name, **case) for name, case in bootstrap_cases()]
    for cases in (correlations, classifications, bootstraps):
        assert len({case["name"] for case in cases}) == len(cases)
    dump = json.JSONEncoder(separators=(",", ":"), allow_nan=False).encode
    parts = {"correlations": correlations, "classifications": classifications, "bootstraps": bootstraps}
    lines = [f'"{part}": [\n' + ",\n".join(map(dump, cases)) + "\n]" for part, cases in parts.items()]
    content = ",\n".join([f'"versions": {dump(versions("scipy", "scikit-learn", "numpy"))}', *lines])
    (root / "tests/oracle/scores.json").write_text("{\n" + content + "\n}\n")


def correlation(name: str, x: list[float], y: list[float]) -> dict:
    """Both correlations of a case."""
    ranks = [list(rankdata(values)) for values in (x, y)]
    pearson = agreed(pearsonr, (x, y), exact_pearson(x, y))
    spearman = agreed(spearmanr, (x, y), exact_pearson(*ranks))
    return {"name": name, "x": x, "y": y, "pearson": pearson, "spearman": spearman}


def agreed(measure: Callable, values: tuple, exact: float | None) -> float | None:
    """scipy's number, which has to be the exact one."""
    if exact is None and len(values[0]) < 2:
        return None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # scipy's, of constant and nearly constant values
        computed = float(measure(*values).statistic)
    assert math.isnan(computed) == (exact is None), (values, computed, exact)
    assert exact is None or abs(computed - exact) < TOLERANCE, (values, computed, exact)
    return None if exact is None else computed


def exact_pearson(x: list[float], y: list[float]) -> float | None:
    """Pearson's r without rounding up to the last square root; None where it is undefined."""
    if not x:
        return None
    deviations = []
    for values in (x, y):
        exact = [Fraction(value) for value in values]
        mean = sum(exact) / len(exact)
        deviations.append([value - mean for value in exact])
    product = lambda a, b: sum(p * q for p, q in zip(a, b))
    dx, dy = deviations
    xy, xx, yy = product(dx, dy), product(dx, dx), product(dy, dy)
    if xx == 0 or yy == 0:
        return None
    square = xy * xy / (xx * yy)
    with localcontext(prec=60):
        root = (Decimal(square.numerator) / Decimal(square.denominator)).sqrt()
    return float(root) if xy >= 0 else -float(root)


def correlation_cases():
    """Name, x and y of each case."""
    rng = random.Random(4)

    def related(n_pairs: int, digits: int = 3) -> tuple[list[float], list[float]]:
        x = [round(rng.gauss(0, 1), digits) for _ in range(n_pairs)]
        return x, [round(value + rng.gauss(0, 1), digits) for value in x]

    def scaled(factor: float, values: list[float], offset: float = 0.0) -> list[float]:
        return [offset + factor * value for value in values]

    for n_pairs in (2, 3, 5, 10, 100, 500):
        for number in (1, 2) if n_pairs < 500 else (1,):
            yield f"random, {n_pairs} pairs, {number}", *related(n_pairs, 3 if n_pairs > 10 else 15)
    for n_pairs in (10, 100, 300):
        cosines = [round(math.tanh(rng.gauss(0.5, 0.6)), 6) for _ in range(n_pairs)]
        yield f"cosines and STS scores, {n_pairs} pairs", cosines, [
            min(5.0, max(0.0, round(2.5 + 2 * cosine + rng.gauss(0, 1), 1))) for cosine in cosines
        ]

    for n_levels in (2, 3, 6):
        levels = lambda n_pairs: [float(rng.randrange(n_levels)) for _ in range(n_pairs)]
        for n_pairs in (5, 40):
            yield f"ties of {n_levels} levels in x, {n_pairs} pairs", levels(n_pairs), related(n_pairs)[0]
            yield f"ties of {n_levels} levels in both, {n_pairs} pairs", levels(n_pairs), levels(n_pairs)
    x, y = related(30)
    yield "ties in y alone", x, scaled(0.5, [float(round(value)) for value in y])
    yield "one tie", [1.0, 2.0, 2.0, 3.0], [1.0, 2.0, 3.0, 4.0]
    yield "all tied but one", [1.0] * 9 + [2.0], [float(n) for n in range(10)]
    yield "ties run against each other", [1.0, 1.0, 2.0, 2.0], [2.0, 2.0, 1.0, 1.0]
    yield "ties across zero's signs", [-0.0, 0.0, 1.0, -1.0, 0.0], [0.1, 0.2, 0.3, -0.4, -0.0]
    yield "zero's signs in both", [0.0, -0.0, 0.0, -0.0, 2.0], [-0.0, 0.0, 1.0, 0.0, -0.0]
    yield "zero's signs alone in x", [0.0, -0.0, 0.0], [1.0, 2.0, 3.0]
    yield "no correlation at all", [-1.0, 0.0, 1.0, 0.0], [0.0, 1.0, 0.0, -1.0]
    yield "mixed signs", [-3.5, 2.25, -0.125, 7.0, -1.0, 0.5], [4.0, -1.5, 0.25, -9.0, 2.0, 0.0]
    yield "one outlier", [0.1, 0.2, 0.3, 0.4, 1e6], [0.5, 0.1, 0.4, 0.2, -1e6]

    x, y = related(20)
    yield "y is x", x, x
    yield "y is -x", x, scaled(-1.0, x)
    yield "y is a line of x", x, scaled(0.37, x, 1.1)
    yield "y is a falling line of x", x, scaled(-12.3, x, 4.5)
    yield "y is monotonic in x", x, [math.exp(value) for value in x]
    yield "y is falling and curved in x", x, [-(value**3) for value in x]
    yield "two pairs, rising", [0.1, 0.3], [7.0, 9.5]
    yield "two pairs, falling", [0.1, 0.3], [9.5, 7.0]

    for value in (0.0, 1.0, 0.1, -1e200):
        yield f"x constant {value!r}", [value] * 7, related(7)[0]
    yield "y constant", related(7)[0], [0.3] * 7
    yield "both constant", [0.3] * 5, [2.0] * 5
    yield "two pairs, y constant", [1.0, 2.0], [3.0, 3.0]
    yield "no pairs", [], []
    yield "one pair", [1.0], [2.0]

    for size in (1e200, 1e300, 1e-200, 1e-300, 1e-310):
        yield f"x of size {size!r}", scaled(size, x), y
        yield f"both of size {size!r}", scaled(size, x), scaled(size, y)
    yield "x of size 1e200, y of size 1e-200", scaled(1e200, x), scaled(1e-200, y)
    yield "from tiny to huge", [1e-300, 1e-100, 1.0, 1e100, 1e150], [1.0, 2.0, 3.0, 4.0, 5.0]
    for offset in (1e8, -1e8, 1e10):
        yield f"x around {offset!r}", scaled(1.0, x, offset), y
        yield f"both around {offset!r}", scaled(1.0, x, offset), scaled(1.0, y, -offset)
    yield "x of spread 1e-3 around 1e8", scaled(1e-3, x, 1e8), y
    # scipy warns that these are nearly constant; but their mean is a number, so that nothing is lost.
    epsilon = 2.0**-52
    yield "near-constant x, neighbouring numbers around 1", scaled(epsilon, [-1.0, 0.0, 1.0], 1.0), [3.0, 1.0, 2.0]
    yield "near-constant x and y", scaled(epsilon, [-2.0, 2.0, 0.0], 1.0), scaled(epsilon, [-4.0, 2.0, 2.0], 2.0)


def classification(name: str, n_classes: int, gold: list[int], predicted: list[int]) -> dict:
    """Accuracy, macro-F1 over the classes that occur, and counts[gold][predicted]."""
    scores = {"accuracy": None, "macro_f1": None, "confusion": [[0] * n_classes for _ in range(n_classes)]}
    if gold:
        scores = {
            "accuracy": float(accuracy_score(gold, predicted)),
            "macro_f1": float(f1_score(gold, predicted, average="macro", zero_division=0)),
            "confusion": confusion_matrix(gold, predicted, labels=range(n_classes)).tolist(),
        }
    return {"name": name, "n_classes": n_classes, "gold": gold, "predicted": predicted} | scores


def classification_cases():
    """Name, number of classes, gold and predicted classes of each case."""
    rng = random.Random(5)

    def draw(classes, n_samples: int) -> list[int]:
        return [rng.choice(classes) for _ in range(n_samples)]

    for n_classes in (2, 3, 5, 10):
        classes = range(n_classes)
        for n_samples in (7, 60, 300):
            gold = draw(classes, n_samples)
            # Right more often than not, as a classifier's predictions are.
            predicted = [label if rng.random() < 0.6 else rng.choice(classes) for label in gold]
            yield f"{n_classes} classes, {n_samples} samples", n_classes, gold, predicted
        gold = draw(classes, 25)
        yield f"{n_classes} classes, all right", n_classes, gold, gold
        yield f"{n_classes} classes, all wrong", n_classes, gold, [(label + 1) % n_classes for label in gold]

    yield "class 1 missing in gold", 3, draw([0, 2], 30), draw([0, 1, 2], 30)
    yield "class 0 missing in predicted", 3, draw([0, 1, 2], 30), draw([1, 2], 30)
    yield "class 2 missing in both", 3, draw([0, 1], 30), draw([0, 1], 30)
    yield "classes 0, 2 and 4 missing in both", 5, draw([1, 3], 30), draw([1, 3], 30)
    yield "gold and predicted have no class in common", 4, draw([0, 1], 12), draw([2, 3], 12)
    yield "one class predicted always", 3, draw([0, 1, 2], 40), [1] * 40
    yield "one class in gold", 3, [2] * 20, draw([0, 1, 2], 20)
    yield "one class in both", 3, [1] * 5, [1] * 5
    yield "unbalanced", 3, [0] * 90 + [1] * 9 + [2], draw([0] * 9 + [1, 2], 100)
    yield "one sample, right", 3, [1], [1]
    yield "one sample, wrong", 3, [1], [2]
    yield "two samples, half right", 2, [0, 1], [0, 0]
    yield "no samples", 3, [], []


def bootstrap(name: str, n_classes: int, labels, scores, classes, log_likelihoods, cosines, draws) -> dict:
    """The difference of each score, the second model's less the first's, and its interval over the draws."""
    changes = {}
    for score, measure in MEASURES.items():
        values = [
            [measure(np.array(draw), labels, scores, classes[model], log_likelihoods[model], cosines[model]) for model in (0, 1)]
            for draw in [range(len(labels)), *draws]
        ]
        differences = [None if None in pair else pair[1] - pair[0] for pair in values]
        whole, drawn = differences[0], differences[1:]
        if whole is not None:
            interval = None if None in drawn else [float(end) for end in np.percentile(drawn, [2.5, 97.5])]
            changes[score] = [whole, interval]
    case = {"name": name, "n_classes": n_classes, "labels": labels, "scores": scores}
    case |= {"classes": classes, "log_likelihoods": log_likelihoods, "cosines": cosines}
    return case | {"draws": draws, "changes": changes}


def of_classes(measure: Callable) -> Callable:
    """A measure of gold and predicted classes, as one of the pairs of a draw that have a class."""

    def on_draw(draw, labels, scores, classes, log_likelihoods, cosines):
        rows = [row for row in draw if labels[row] is not None]
        return float(measure(rows, labels, classes, log_likelihoods)) if rows else None

    return on_draw


def of_scores(measure: Callable) -> Callable:
    """A measure of gold scores and cosines, as one of the pairs of a draw that have a score; None for a NaN."""

    def on_draw(draw, labels, scores, classes, log_likelihoods, cosines):
        rows = [row for row in draw if scores[row] is not None]
        if len(rows) < 2:
            return None
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # scipy's, of constant values
            value = float(measure(np.array([cosines[row] for row in rows]), np.array([scores[row] for row in rows])))
        return None if math.isnan(value) else value

    return on_draw


def gold_and_predicted(measure: Callable) -> Callable:
    return of_classes(lambda rows, labels, classes, _: measure([labels[row] for row in rows], [classes[row] for row in rows]))


MEASURES = {
    "accuracy": gold_and_predicted(accuracy_score),
    "macro_f1": gold_and_predicted(lambda gold, predicted: f1_score(gold, predicted, average="macro", zero_division=0)),
    "spearman": of_scores(lambda cosines, scores: spearmanr(cosines, scores).statistic),
    "pearson": of_scores(lambda cosines, scores: pearsonr(cosines, scores).statistic),
    "classification_loss": of_classes(lambda rows, labels, classes, logs: -np.mean([logs[row] for row in rows])),
    "regression_loss": of_scores(lambda cosines, scores: np.mean((cosines - scores) ** 2)),
}


def bootstrap_cases():
    """Name and values of each case. Values are sixteenths and the like, which float32 holds too."""
    rng = random.Random(6)

    def case(n_pairs: int, n_classes: int, n_draws: int, has_label: float = 1, has_score: float = 1) -> dict:
        maybe = lambda share, value: value if rng.random() < share else None
        labels = [maybe(has_label, rng.randrange(n_classes)) for _ in range(n_pairs)]
        scores = [maybe(has_score, rng.randrange(17) / 16) for _ in range(n_pairs)]
        chosen = lambda share: [
            label if label is not None and rng.random() < share else rng.randrange(n_classes) for label in labels
        ]
        return {
            "n_classes": n_classes,
            "labels": labels,
            "scores": scores,
            "classes": [chosen(0.3), chosen(0.6)],
            "log_likelihoods": [
                [0.0 if label is None else -rng.randrange(1, 65) / 16 for label in labels] for _ in range(2)
            ],
            "cosines": [[rng.randrange(-64, 65) / 64 for _ in range(n_pairs)] for _ in range(2)],
            "draws": [[rng.randrange(n_pairs) for _ in range(n_pairs)] for _ in range(n_draws)],
        }

    yield "30 pairs, 3 classes", case(30, 3, 40)
    yield "8 pairs, 2 classes, an odd number of draws", case(8, 2, 7)
    yield "one draw", case(12, 3, 1)
    yield "labels on some pairs", case(40, 4, 25, has_label=0.7, has_score=0.6)
    yield "classes alone", case(20, 3, 20, has_score=0)
    yield "scores alone", case(20, 3, 20, has_label=0)
    # On some draws of three pairs a side is constant, and no correlation is defined.
    yield "three pairs", case(3, 2, 30)
