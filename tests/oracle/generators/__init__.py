"""The oracle's parts: each module has a `generate(root)` that writes its fixtures under `root`, the repository."""

from importlib.metadata import version


def versions(*packages: str) -> dict[str, str]:
    """What a fixture was computed with."""
    return {package: version(package) for package in packages}
