"""Runs every test in its own kind of session, all of them even if one fails, and sums up at the end."""

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
PYTHON = str(ROOT / ".venv" / "bin" / "python")
PYTEST = [PYTHON, "-m", "pytest", "-q"]
WITH_POSTGRES = [PYTHON, "-m", "tests.with_postgres", "pytest", "-q"]
CORES = str(max(2, os.cpu_count() or 2))

# Playwright's sync interface keeps a loop running on the main thread, which pytest-asyncio refuses: so
# browsers have a session of their own, alone on the machine, because they measure time and cut networks.
SHARED = ["-n", CORES, "--dist", "loadfile"]
ALONE = ["-p", "no:xdist"]
ELSEWHERE = ["--ignore=tests/browser", "--ignore=tests/soak", "--ignore=tests/architecture"]
# These start processes with databases of their own, or use none: once is enough.
NO_DATABASE_OF_OURS = ["--ignore=tests/jobs", "--ignore=tests/bus", "--ignore=tests/media"]
# The doors ask the rooms, which run on both; that they do so on PostgreSQL too is for the long run.
DOORS = ["tests/web", "tests/sockets", "tests/api"]

# Shorter in every run, whole in the long one.
LONG_IN_BROWSERS = ["tests/browser/test_scanners.py", "tests/browser/test_network.py"]

SUITES: dict[str, list[str]] = {
    "frontend": ["tools/node.sh", "node", "tools/test.mjs"],
    "architecture": [*PYTEST, *ALONE, "tests/architecture"],
    "sqlite": [*PYTEST, *SHARED, "tests", *ELSEWHERE, "--ignore=tests/races"],
    "postgres": [
        *WITH_POSTGRES,
        *SHARED,
        "tests",
        *ELSEWHERE,
        *NO_DATABASE_OF_OURS,
        *(f"--ignore={door}" for door in DOORS),
    ],
    "browser": [*PYTEST, *ALONE, "tests/browser"],
}
SOAK = {
    "soak": [*PYTEST, *ALONE, "tests/soak"],
    "doors": [*WITH_POSTGRES, *SHARED, *DOORS],
    "browsers": ["env", "BLIKK_LONG=1", *PYTEST, *ALONE, *LONG_IN_BROWSERS],
}


class Outcome(NamedTuple):
    name: str
    passed: bool
    seconds: float


def run(name: str, command: list[str]) -> Outcome:
    print(f"\n── {name} " + "─" * (70 - len(name)), flush=True)
    started = time.monotonic()
    code = subprocess.run(
        command, cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)}, check=False
    ).returncode
    return Outcome(name, code == 0, time.monotonic() - started)


def main(wanted: list[str]) -> int:
    known = SUITES | SOAK
    if unknown := set(wanted) - set(known):
        sys.exit(f"test: there is no {', '.join(sorted(unknown))}; there are {', '.join(known)}")
    outcomes = [run(name, known[name]) for name in wanted or SUITES]
    print("\n── summary " + "─" * 63)
    for outcome in outcomes:
        print(f"  {'ok ' if outcome.passed else 'RED'}  {outcome.name} ({outcome.seconds:.0f} s)")
    failed = [outcome.name for outcome in outcomes if not outcome.passed]
    print(f"red: {', '.join(failed)}" if failed else "all green")
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
