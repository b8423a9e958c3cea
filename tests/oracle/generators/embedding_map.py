"""Principal axes and nearest neighbours by scikit-learn, of embeddings with axes that can be told apart."""

import json
from pathlib import Path

import numpy as np
from sklearn.decomposition import PCA
from sklearn.neighbors import NearestNeighbors
from sklearn.preprocessing import normalize

from . import versions

N_NEIGHBOURS = 10


def generate(root: Path) -> None:
    """Write tests/oracle/embedding_map.json."""
    # As many sentences as dimensions, more, and fewer; the last pair of models differs little.
    shapes = [("more sentences", 60, 16, 1.0), ("fewer sentences", 20, 48, 1.0), ("small change", 40, 32, 0.05)]
    cases = [case(name, n, d_model, change, seed) for seed, (name, n, d_model, change) in enumerate(shapes)]
    content = {"versions": versions("scikit-learn", "numpy"), "cases": cases}
    (root / "tests/oracle/embedding_map.json").write_text(json.dumps(content, separators=(",", ":")) + "\n")


def case(name: str, n_sentences: int, d_model: int, change: float, seed: int) -> dict:
    """Embeddings by two models, on the axes of the first, and the neighbours that the second one has lost."""
    rng = np.random.default_rng(seed)
    # Standard deviations that fall from axis to axis, turned at random, around a mean that is not 0.
    turn, _ = np.linalg.qr(rng.normal(size=(d_model, d_model)))
    before = (rng.normal(size=(n_sentences, d_model)) * 2.0 ** -np.arange(d_model)) @ turn + rng.normal(size=d_model)
    after = before + change * rng.normal(size=before.shape) * 0.3
    # Few digits, so that the fixture is small; what is stored is what is computed with.
    before, after = (np.round(values, 3) for values in (before, after))
    units = [normalize(values.astype(np.float32).astype(np.float64)) for values in (before, after)]

    pca = PCA(n_components=2, svd_solver="full").fit(units[0])
    neighbours = [nearest(unit) for unit in units]
    n_near = min(N_NEIGHBOURS, n_sentences - 1)
    lost = [len(set(a) - set(b)) / n_near for a, b in zip(*neighbours, strict=True)]
    return {
        "name": name,
        "d_model": d_model,
        "embeddings": [values.ravel().tolist() for values in (before, after)],
        "explained_variance": pca.explained_variance_ratio_.tolist(),
        "maps": [np.round(pca.transform(unit).ravel(), 9).tolist() for unit in units],
        "neighbour_changes": lost,
    }


def nearest(unit: np.ndarray) -> list[list[int]]:
    """The nearest neighbours of each sentence by cosine, without itself."""
    search = NearestNeighbors(n_neighbors=min(N_NEIGHBOURS, len(unit) - 1), metric="cosine").fit(unit)
    return search.kneighbors(return_distance=False).tolist()
