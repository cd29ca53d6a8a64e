"""What the doctor looks at of secrets: whether they are there, long, of their own, and read by nobody else."""

import stat
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from blikk.jobs.finding import Finding

SHORTEST = 32
# Fewer different signs than this is a word, or a key pressed for long.
FEWEST_SIGNS = 10


def secrets() -> Iterator[Finding]:
    chosen = {
        "BLIKK_SECRET_KEY": settings.SECRET_KEY,
        "BLIKK_FIELD_KEYS": settings.BLIKK_FIELD_KEYS[0],
        "BLIKK_AUDIT_KEY": settings.BLIKK_AUDIT_KEY,
    }
    for name, value in chosen.items():
        wrong = _wrong_with(value)
        fix = "Use 32 random characters or more."
        yield Finding(name, not wrong, wrong or "long enough", fix)
    if len(set(chosen.values())) < len(chosen):
        yield Finding("secrets", False, "one stands for several", "Make each of them for itself.")
    if settings.BLIKK_TURN_SECRET and (wrong := _wrong_with(settings.BLIKK_TURN_SECRET)):
        fix = "Make a random one of 32 characters or more, here and as coturn's static-auth-secret."
        yield Finding("BLIKK_TURN_SECRET", False, wrong, fix)
    yield from _files()
    yield _not_the_demo()
    is_secure = settings.BLIKK_SECURE or settings.BLIKK_DEMO
    how = settings.BLIKK_BASE_URL if is_secure else "not https: browsers give no camera"
    yield Finding("address", is_secure, how, "Set BLIKK_BASE_URL to the https address of the site.")


def _wrong_with(value: str) -> str:
    if len(value) < SHORTEST:
        return "too short"
    return "not random" if len(set(value)) < FEWEST_SIGNS else ""


def _files() -> Iterator[Finding]:
    """Secrets that lie in files of ours are for this user only."""
    kept = sorted([*settings.BLIKK_DATA.glob("*.secret"), *settings.BLIKK_DATA.glob("*.key")])
    for path in kept:
        if stat.S_IMODE(path.stat().st_mode) & 0o077:
            yield Finding("secret files", False, f"others can read {path}", f"Run: chmod 600 {path}")
    if kept and all(not stat.S_IMODE(path.stat().st_mode) & 0o077 for path in kept):
        yield Finding("secret files", True, "only this user reads them")


def _not_the_demo() -> Finding:
    """A folder in which the demo was run holds secrets that everybody who tried it may know."""
    is_demos = (Path(settings.BLIKK_DATA) / "urls.json").exists()
    if settings.BLIKK_DEMO or not is_demos:
        return Finding("demo", True, "this is the demo" if settings.BLIKK_DEMO else "nothing of it is here")
    fix = "Set BLIKK_DATA to a new folder of its own, and use no secrets or data of the demo."
    return Finding("demo", False, f"{settings.BLIKK_DATA} is the demo's folder", fix)
