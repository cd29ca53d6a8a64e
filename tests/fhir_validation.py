"""HAPI's FHIR validator for tests: built from Maven Central once, one process for a whole run, offline after that.

What is downloaded lies outside the checkout (`~/.cache/blikk/maven`, or BLIKK_CACHE), so that the next run finds it.
"""

import json
import subprocess
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from blikk.documentation.fhir.systems import code_systems
from tests.maven import class_path

HERE = Path(__file__).parent / "fhir_validator"


@dataclass(frozen=True)
class Issue:
    severity: str
    where: str
    words: str


class Validator:
    """The process; asked one resource at a time, by whatever thread."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process
        self._lock = threading.Lock()

    def issues(self, resource: Mapping[str, Any]) -> list[Issue]:
        """Everything that it says of a resource, warnings too."""
        return [Issue(**each) for each in json.loads(self._ask(json.dumps(resource)))]

    def errors(self, resource: Mapping[str, Any]) -> list[Issue]:
        """What is wrong with it."""
        return [each for each in self.issues(resource) if each.severity in {"ERROR", "FATAL"}]

    def define(self, definition: Mapping[str, Any]) -> None:
        self._ask("define " + json.dumps(definition))

    def _ask(self, line: str) -> str:
        assert self._process.stdin is not None and self._process.stdout is not None
        with self._lock:
            self._process.stdin.write(line + "\n")
            self._process.stdin.flush()
            answer = self._process.stdout.readline()
        if not answer:
            raise RuntimeError(f"the validator ended with {self._process.poll()}")
        return answer


@contextmanager
def running_validator() -> Iterator[Validator]:
    """Start it, and let it know our own codes."""
    command = [
        "java",
        "-Xmx1g",
        "-XX:TieredStopAtLevel=1",
        "-cp",
        class_path(HERE, "fhir-validator"),
        "Validator.java",
        "profiles",
    ]
    process = subprocess.Popen(
        command,
        cwd=HERE,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        encoding="utf-8",
    )
    assert process.stdout is not None
    if process.stdout.readline().strip() != "ready":
        raise RuntimeError(f"the validator did not start: java ended with {process.wait(10)}")
    validator = Validator(process)
    for system in code_systems():
        validator.define(system)
    try:
        yield validator
    finally:
        process.kill()
        process.wait(10)


@pytest.fixture(scope="session")
def validator() -> Iterator[Validator]:
    with running_validator() as started:
        yield started
