"""Runs every check, changes nothing, and reports all failures at the end."""

import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
BIN = ROOT / ".venv" / "bin"
NODE = ["tools/node.sh"]
TREE_OF_NOTHING = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"

# Cheap first, so that the first red line comes soon.
CHECKS: dict[str, list[str]] = {
    "format": [str(BIN / "ruff"), "format", "--check", "--quiet", "."],
    "lint": [str(BIN / "ruff"), "check", "--quiet", "--output-format=concise", "."],
    "budgets": [str(BIN / "python"), "tools/budgets.py"],
    "whitespace": ["git", "diff", "--check", TREE_OF_NOTHING, "HEAD", "--", ".", ":!*.po"],
    "imports": [str(BIN / "lint-imports"), "--no-logo", "--no-cache"],
    "biome": [
        *NODE,
        "node_modules/.bin/biome",
        "ci",
        "--error-on-warnings",
        "--colors=off",
        "--reporter=github",
        ".",
    ],
    "typescript": [*NODE, "node_modules/.bin/tsc", "--noEmit", "--pretty", "false"],
    "templates": [str(BIN / "djlint"), "blikk", "--lint", "--quiet"],
    "catalogues": [str(BIN / "python"), "tools/catalogue.py", "check"],
    "states": [str(BIN / "python"), "tools/states.py", "--check"],
    "migrations": [str(BIN / "django-admin"), "makemigrations", "--check", "--dry-run"],
    "deploy": [str(BIN / "python"), "tools/deployable.py"],
    "types": [str(BIN / "mypy"), "--no-error-summary"],
}


class Outcome(NamedTuple):
    name: str
    passed: bool
    said: str
    seconds: float


def run(name: str, environment: dict[str, str]) -> Outcome:
    started = time.monotonic()
    ran = subprocess.run(
        CHECKS[name],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    outcome = Outcome(
        name, ran.returncode == 0, (ran.stdout + ran.stderr).strip(), time.monotonic() - started
    )
    print(f"  {'ok ' if outcome.passed else 'RED'}  {name} ({outcome.seconds:.1f} s)", flush=True)
    return outcome


def main(wanted: list[str]) -> int:
    unknown = set(wanted) - set(CHECKS)
    if unknown:
        sys.exit(f"check: there is no {', '.join(sorted(unknown))}; there are {', '.join(CHECKS)}")
    with tempfile.TemporaryDirectory(prefix="blikk-check-") as data:
        environment = os.environ | {
            "BLIKK_DATA": data,
            "BLIKK_DEMO": "true",
            "DJANGO_SETTINGS_MODULE": "blikk.config.settings",
            "PYTHONPATH": str(ROOT),
            "PYTHONWARNINGS": "ignore::RuntimeWarning",
        }
        with ThreadPoolExecutor(2) as pool:
            outcomes = list(pool.map(lambda name: run(name, environment), wanted or CHECKS))
    failed = [outcome for outcome in outcomes if not outcome.passed]
    for outcome in failed:
        print(f"\n── {outcome.name} " + "─" * (70 - len(outcome.name)))
        print(outcome.said)
    print(f"\n{len(outcomes) - len(failed)} of {len(outcomes)} checks passed", end="")
    print(f"; red: {', '.join(outcome.name for outcome in failed)}" if failed else "")
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
