"""The small samples that come with the program, as text. They are data, and nothing reads them by itself."""

from pathlib import Path

_DATA = Path(__file__).parent / "data"


def sample(name: str) -> str:
    """One of "tariffs", "ceilings" and "diagnoses"."""
    return (_DATA / f"{name}.csv").read_text(encoding="utf-8")
