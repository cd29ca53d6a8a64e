"""The words of `blikk tariffs`. Nothing of the rest is imported before a command is given."""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

Act = Callable[[argparse.Namespace], int]


def add_tariffs(acts: Any, set_up: Callable[[], None]) -> None:
    """Add the command and its steps to the command line."""
    tariffs = acts.add_parser(
        "tariffs", help="tariffs, yearly ceilings and codes of diagnoses, each with its days"
    )
    steps = tariffs.add_subparsers(required=True, metavar="STEP")
    take = _add(
        steps, "import", _act("take_in", set_up), "show what a file or address of tariffs would change"
    )
    take.add_argument(
        "file", nargs="?", help="a CSV, JSON or XML file, or https address; by default the open register"
    )
    take.add_argument("--sample", action="store_true", help="the small sample that comes with Blikk")
    take.add_argument("--apply", action="store_true", help="do it, all or nothing")
    listed = _add(steps, "list", _act("show_list", set_up), "show the rates of a day")
    listed.add_argument("--field", default="LE", help="trade as the register names it: LE, PS, FY and others")
    listed.add_argument("--on", default="", help="the day, such as 2026-11-24; today by default")
    codes = _add(steps, "codes", _act("codes", set_up), "take a dated file of diagnosis codes in")
    codes.add_argument("file", type=Path, help="a CSV: system;code;text;valid_from;valid_to")
    ceiling = _add(steps, "ceilings", _act("ceiling", set_up), "take the yearly ceilings in")
    ceiling.add_argument("file", type=Path, help="a CSV: year;amount;source;source_on")


def _add(steps: Any, name: str, act: Act, words: str) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = steps.add_parser(name, help=words, description=words)
    parser.set_defaults(act=act)
    return parser


def _act(name: str, set_up: Callable[[], None]) -> Act:
    def act(given: argparse.Namespace) -> int:
        set_up()
        from blikk.jobs import tariffs

        step: Act = getattr(tariffs, name)
        return step(given)

    return act
