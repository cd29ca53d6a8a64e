"""The published schema and rules of Peppol for tests: fetched from Maven Central once, offline after that."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.maven import class_path

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Found:
    """What a document breaks."""

    severity: str
    rule: str
    text: str


class Checker:
    """One Java process for many documents: the rules take seconds to be read."""

    def __init__(self, folder: Path) -> None:
        command = ["java", "-Xmx512m", "-XX:TieredStopAtLevel=1", "-cp", class_path(HERE, "peppol")]
        self._folder, self._count = folder, 0
        self._java = subprocess.Popen(
            [*command, str(HERE / "Check.java")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def faults(self, document: bytes) -> list[Found]:
        """What is wrong with a document, warnings too."""
        self._count += 1
        kind = "note" if b"CreditNoteTypeCode" in document else "invoice"
        path = self._folder / f"{self._count}.{kind}.xml"
        path.write_bytes(document)
        assert self._java.stdin
        assert self._java.stdout
        self._java.stdin.write(f"{path}\n")
        self._java.stdin.flush()
        found: list[Found] = []
        for line in self._java.stdout:
            if line == "\n":
                return found
            found.append(Found(*line.rstrip("\n").split("\t", 2)))
        raise RuntimeError("the checker ended")

    def close(self) -> None:
        self._java.terminate()
        self._java.wait()


@contextmanager
def a_checker(folder: Path) -> Iterator[Checker]:
    checker = Checker(folder)
    try:
        yield checker
    finally:
        checker.close()
