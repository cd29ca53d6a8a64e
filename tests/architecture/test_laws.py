import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NAMESPACES = {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}
ADDRESS = re.compile(r"""["'`(=]\s*((?:https?:)?//[\w.-]+\.[a-z]{2,}[^\s"'`)>]*)""")
INLINE = re.compile(r"""<[a-z][^>]*\s(?:style|on[a-z]+)=""")
SCRIPT = re.compile(r"<(?:script|style)\b[^>]*>")
COMMENT = re.compile(r"/\*.*?\*/|^\s*//.*?$|\{#.*?#\}", re.DOTALL | re.MULTILINE)


def texts(folder: str, *suffixes: str) -> dict[str, str]:
    found = {
        path.relative_to(ROOT).as_posix(): COMMENT.sub("", path.read_text(encoding="utf-8"))
        for path in sorted((ROOT / folder).rglob("*"))
        if path.suffix in suffixes and ".test." not in path.name and "built" not in path.parts
    }
    assert found
    return found


# The simulated patient's face is drawn; blur is painted over one's own picture before it goes anywhere; how light it
# is, is read from a few dots of one's own picture while the equipment is tried.
DRAWN = "frontend/practice/face.ts"
BLURRED = "frontend/desk/blur.ts"
LIGHT = "frontend/desk/light.ts"


def naming(pattern: str, sources: dict[str, str]) -> list[str]:
    return [name for name, text in sources.items() if re.search(pattern, text)]


def test_no_page_or_script_names_another_host():
    sources = texts("frontend", ".ts", ".css") | texts("blikk/web/templates", ".html")
    named = {(name, url) for name, text in sources.items() for url in ADDRESS.findall(text)}
    assert not {(name, url) for name, url in named if url not in NAMESPACES}
    assert ADDRESS.findall('<script src="https://cdn.example.com/x.js">') == ["https://cdn.example.com/x.js"]


def test_nothing_can_record_a_conversation():
    sources = texts("frontend", ".ts")
    assert naming("getUserMedia", sources)
    assert not naming("MediaRecorder", sources)
    assert set(naming(r"captureStream|MediaStreamTrackProcessor", sources)) == {BLURRED, DRAWN}
    # The simulated face is given nobody's picture to draw.
    assert not naming(r"getUserMedia|<video|HTMLVideoElement|drawImage|srcObject", {DRAWN: sources[DRAWN]})


def test_nothing_can_take_a_still_of_what_is_held_to_the_camera():
    still = r"ImageCapture|grabFrame|takePhoto|toDataURL|toBlob"
    drawn = r"drawImage|createImageBitmap|[\"<]canvas|OffscreenCanvas"
    assert re.search(drawn, 'const paper = el("canvas", {})')
    sources = texts("frontend", ".ts")
    assert not naming(still, sources)
    assert set(naming(drawn, sources)) == {BLURRED, LIGHT, DRAWN}
    assert not naming(f"{still}|{drawn}", texts("blikk/web/templates", ".html"))


def test_secrets_in_the_browser_come_from_its_own_generator():
    sources = texts("frontend", ".ts")
    assert naming(r"crypto\.(getRandomValues|randomUUID)", sources)
    # A pause before the next try may be any number.
    assert set(naming(r"Math\.random", sources)) <= {"frontend/shared/link.ts", "frontend/clinic/ear.ts"}


def test_no_script_writes_html():
    pattern = r"\.(?:inner|outer)HTML\s*=|insertAdjacentHTML|document\.write|\beval\(|new Function\("
    assert not naming(pattern, texts("frontend", ".ts"))


def test_templates_hold_no_inline_code_or_style():
    assert INLINE.search('<p class="a" onclick="x()">')
    sources = texts("blikk/web/templates", ".html")
    assert not [name for name, text in sources.items() if INLINE.search(text)]


def test_every_script_and_style_in_a_template_is_ours():
    # A paper goes to the press and never to a browser.
    pages = {n: t for n, t in texts("blikk/web/templates", ".html").items() if "/papers/" not in n}
    for name, text in pages.items():
        for tag in SCRIPT.findall(text):
            assert "nonce=" in tag or "application/json" in tag or "{% static" in tag, f"{name}: {tag}"


@pytest.mark.parametrize(
    "name", ["LICENSE", "README.md", "SECURITY.md", "CONTRIBUTING.md", "docs/protocol.md"]
)
def test_what_a_reader_looks_for_is_there(name):
    assert (ROOT / name).stat().st_size > 500


def test_the_how_to_names_every_setting_and_no_other():
    named = re.compile(r"BLIKK_[A-Z_]+[A-Z]")
    read = set(named.findall((ROOT / "blikk" / "config" / "env.py").read_text(encoding="utf-8")))
    read |= set(named.findall((ROOT / "blikk" / "config" / "settings.py").read_text(encoding="utf-8"))) & {
        "BLIKK_SECRET_KEY",
        "BLIKK_FIELD_KEYS",
    }
    told = set(named.findall((ROOT / "docs" / "how-to" / "run-in-production.md").read_text(encoding="utf-8")))
    example = set(named.findall((ROOT / "deploy" / "blikk.env.example").read_text(encoding="utf-8")))
    assert told == read
    assert example <= read


def test_every_decision_says_what_it_costs_and_how_to_tell_that_it_was_wrong():
    pages = sorted((ROOT / "docs" / "decisions").glob("[0-9]*.md"))
    assert [int(page.name[:4]) for page in pages] == list(range(1, len(pages) + 1))
    for page in pages:
        text = page.read_text(encoding="utf-8")
        assert all(part in text for part in ("**Decision.**", "**Cost.**", "it was wrong")), page.name
