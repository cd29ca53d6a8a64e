"""Measures, and writes what came out: `python -m bench [name]`, in `make bench ONLY=name`."""

import importlib.util
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

from bench import call, clicks, day, fanout, messages, practice, report
from bench.machine import ROOT, facts

RESULTS = Path(__file__).parent / "results.json"
PAGE = ROOT / "docs" / "reference" / "performance.md"


def measurements() -> dict[str, Callable[[], dict[str, float]]]:
    """Everything there is to measure, by name."""
    known = dict(call.MEASUREMENTS)
    known |= {
        "estimate": _estimate,
        "queue": fanout.measure,
        "clicks": clicks.measure,
        "day": day.measure,
        "messages": messages.measure,
        "practice": practice.measure,
    }
    known["export"] = _export
    known["payments"] = _payments
    if importlib.util.find_spec("bench.outbox"):
        from bench import outbox

        known["outbox"] = outbox.measure
    return known


def _estimate() -> dict[str, float]:
    """What queues promise, asked of the product's own rooms."""
    _set_up()
    from bench import estimate

    return estimate.measure()


def _export() -> dict[str, float]:
    """What becomes of notes on their way to a record system."""
    _set_up()
    from bench import export

    return export.measure()


def _payments() -> dict[str, float]:
    """Whether money is where we say that it is."""
    _set_up()
    from bench import payments

    return payments.measure()


def _set_up() -> None:
    """Some ask the product's own rooms in this very process, which need Django to be set up."""
    import tests.environment

    assert tests.environment
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "blikk.config.settings")
    import django

    django.setup()


def main(wanted: list[str]) -> int:
    known = measurements()
    if unknown := set(wanted) - set(known):
        sys.exit(f"bench: there is no {', '.join(sorted(unknown))}; there are {', '.join(known)}")
    results: dict[str, float] = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    results |= facts() | {"repetitions": call.REPETITIONS}
    for name in wanted or known:
        print(f"── {name}", flush=True)
        measured = known[name]()
        for key, value in measured.items():
            print(f"  {key}: {value:g}", flush=True)
        results |= measured
        RESULTS.write_text(json.dumps(dict(sorted(results.items())), indent=2) + "\n")
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(report.page(results))
    return 0


if __name__ == "__main__":
    sys.exit(main([word for word in sys.argv[1:] if word]))
