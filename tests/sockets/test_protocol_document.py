import json
import re
from pathlib import Path

from blikk.sockets import frames
from blikk.sockets.frames import Closed, parse
from tests.sockets.test_frames import GOOD

ROOT = Path(__file__).resolve().parents[2]
DOCUMENT = (ROOT / "docs/protocol.md").read_text()
SCRIPT = (ROOT / "frontend/shared/frames.ts").read_text()


def rows(heading: str) -> dict[str, str]:
    """The first column of the table under a heading, and the rest of each row."""
    part = DOCUMENT.split(f"{heading}\n")[1].split("\n#")[0]
    found = re.findall(r"^\| `?(\w+)`? \|(.*)\|$", part, re.MULTILINE)
    return {name: rest for name, rest in found if name not in {"type", "code", "body"}}


def union(name: str) -> set[str]:
    """The `type` literals of a union in the script."""
    part = re.split(rf"export type {name} =", SCRIPT)[1].split(";\n\n")[0]
    return set(re.findall(r'readonly type: "(\w+)"', part))


def test_what_a_page_may_say_is_the_same_in_the_document_and_on_both_sides():
    documented = set(rows("### Page → server"))
    assert documented == {frame["type"] for frame in GOOD}
    assert documented == union("Request") | union("Notice")


def test_what_the_server_says_is_the_same_in_the_document_and_on_both_sides():
    documented = set(rows("### Server → page"))
    shapes = SCRIPT.split("const SHAPES")[1].split("};")[0]
    assert documented == set(re.findall(r"^  (\w+): \{", shapes, re.MULTILINE))
    answers = {"done", "refused", "joined", "ice"}
    assert documented == union("News") | answers
    sources = "".join(path.read_text() for path in (ROOT / "blikk/sockets").glob("*.py"))
    said = set(re.findall(r'"type": "(\w+)"', sources)) - {"offer", "answer"} - parsed()
    assert documented | set(rows("### Server → page for everybody")) == said


def test_what_the_pages_for_everybody_read_is_what_they_are_told():
    script = "".join(path.read_text() for path in (ROOT / "frontend/clinic").glob("*.ts"))
    documented = set(rows("### Server → page for everybody"))
    assert documented == {"now", "slots", "slots_changed", "beat"}
    shown = set(
        re.search(r"SHOWN = \((.*)\)", (ROOT / "blikk/web/presenters/clinic_live.py").read_text())[1].split(
            ", "
        )
    )
    for name in {one.strip('"') for one in shown}:
        assert f"`{name}`" in DOCUMENT
        assert name in script


def parsed() -> set[str]:
    """Types that stand in the server's sources because it reads them, and that it never says."""
    return {frame["type"] for frame in GOOD} - set(rows("### Server → page"))


def test_the_closing_codes_are_the_same_in_the_document_and_on_both_sides():
    documented = {int(code): rest.split("|")[0].strip() for code, rest in rows("## Closing codes").items()}
    script = SCRIPT.split("export const CLOSED = {")[1].split("}")[0]
    assert documented == {int(code): name for name, code in re.findall(r"(\w+): (\d+)", script)}
    assert set(documented) == set(Closed)
    final = SCRIPT.split("FINAL")[1].split("]);")[0]
    for code, name in documented.items():
        comes_back = rows("## Closing codes")[str(code)].split("|")[2].strip()
        assert (f"CLOSED.{name}," in final) == comes_back.startswith("no"), name


def test_the_example_in_the_document_can_be_read():
    said = re.findall(r"^(?:door|desk) → (.*)$", DOCUMENT, re.MULTILINE)
    assert len(said) > 5
    for line in said:
        filled = line.replace('"…"', '"another-mark"').replace("…", "")
        parse(json.loads(filled))


def test_the_limits_in_the_document_are_those_of_the_server():
    assert f"{frames.LONGEST_TEXT:,} characters" in DOCUMENT
    assert f"at most {frames.LARGEST // 1024} kB" in DOCUMENT
    assert f"a description {frames.LONGEST_SDP // 1024} kB" in DOCUMENT
