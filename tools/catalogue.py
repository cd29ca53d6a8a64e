"""Keeps the catalogues: the msgid is the bokmål sentence, and nynorsk and English are translated from it."""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parent.parent
LOCALE = ROOT / "blikk" / "locale"
LANGUAGES = {"nn": "nplurals=2; plural=(n != 1);", "en": "nplurals=2; plural=(n != 1);"}
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|(?<!%)\{\w+\}|%[sd]")
KEYWORDS = (
    "gettext_noop",
    "gettext_lazy",
    "ngettext:1,2",
    "ngettext_lazy:1,2",
    "pgettext:1c,2",
    "pgettext_lazy:1c,2",
    "npgettext:1c,2,3",
)


def catalogue_path(language: str) -> Path:
    return LOCALE / language / "LC_MESSAGES" / "django.po"


def readable_sources(to: Path) -> Iterator[str]:
    """Copy Python as it is and templates as the Python that xgettext understands, and name the copies."""
    from django.conf import settings
    from django.utils.translation import templatize

    if not settings.configured:
        settings.configure()
    for path in sorted((ROOT / "blikk").rglob("*")):
        if path.suffix not in {".py", ".html", ".txt"} or "migrations" in path.parts:
            continue
        name = path.relative_to(ROOT).as_posix()
        text = path.read_text(encoding="utf-8")
        if path.suffix != ".py":
            text = templatize(text, origin=name)
        copy = to / name
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text(text, encoding="utf-8")
        yield name


def words_of_the_server() -> polib.POFile:
    if not shutil.which("xgettext"):
        sys.exit("catalogue: xgettext is missing (apt install gettext)")
    with tempfile.TemporaryDirectory() as folder:
        names = list(readable_sources(Path(folder)))
        command = ["xgettext", "--language=Python", "--from-code=UTF-8", "--add-location=file"]
        command += [f"--keyword={keyword}" for keyword in KEYWORDS]
        command += ["--force-po", "--output=out.pot", "--files-from=-"]
        listed = "\n".join(names)
        ran = subprocess.run(
            command, cwd=folder, input=listed, text=True, check=False, stderr=subprocess.PIPE
        )
        if ran.returncode:
            sys.exit(f"catalogue: {ran.stderr.strip()}")
        pot = (
            (Path(folder) / "out.pot").read_text(encoding="utf-8").replace("charset=CHARSET", "charset=UTF-8")
        )
        return polib.pofile(pot, wrapwidth=100)


def words_of_the_browser() -> list[dict[str, str]]:
    script = (
        'import { wordsIn } from "./tools/words.mjs"; import { sources } from "./tools/sources.mjs";'
        "console.log(JSON.stringify(sources().flatMap(wordsIn)))"
    )
    command = ["tools/node.sh", "node", "--input-type=module", "-e", script]
    answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if answer.returncode:
        sys.exit(f"catalogue: {answer.stderr.strip()}")
    found: list[dict[str, str]] = json.loads(answer.stdout)
    return found


def template() -> polib.POFile:
    """Every sentence that the product can show, from Python, templates and TypeScript."""
    pot = words_of_the_server()
    for word in words_of_the_browser():
        entry = pot.find(word["msgid"])
        if entry is None:
            entry = polib.POEntry(msgid=word["msgid"])
            pot.append(entry)
        if (word["path"], "") not in entry.occurrences:
            entry.occurrences.append((word["path"], ""))
    for entry in pot:
        entry.occurrences = sorted(set(entry.occurrences))
    pot.sort(key=lambda entry: (entry.occurrences[0], entry.msgid))
    return pot


def fresh(language: str) -> polib.POFile:
    po = polib.POFile(wrapwidth=100)
    po.metadata = {
        "Language": language,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": LANGUAGES[language],
    }
    return po


def key(entry: polib.POEntry) -> tuple[str | None, str, str]:
    return entry.msgctxt, entry.msgid, entry.msgid_plural or ""


def collect() -> None:
    """Write what is new into the catalogues, and take out what nobody says any more."""
    pot = template()
    for language in LANGUAGES:
        path = catalogue_path(language)
        known = {key(e): e for e in polib.pofile(str(path)) if not e.obsolete} if path.exists() else {}
        po = fresh(language)
        for entry in pot:
            old = known.get(key(entry))
            plural = bool(entry.msgid_plural)
            po.append(
                polib.POEntry(
                    msgctxt=entry.msgctxt,
                    msgid=entry.msgid,
                    msgid_plural=entry.msgid_plural,
                    msgstr="" if plural else (old.msgstr if old else ""),
                    msgstr_plural=(old.msgstr_plural if old else {0: "", 1: ""}) if plural else {},
                    occurrences=entry.occurrences,
                    flags=[flag for flag in entry.flags if flag != "fuzzy"],
                    comment=entry.comment,
                )
            )
        path.parent.mkdir(parents=True, exist_ok=True)
        po.save(str(path))
        empty = sum(1 for entry in po if not entry.translated())
        print(f"{path.relative_to(ROOT)}: {len(po)} sentences, {empty} to translate")


def placeholders(text: str) -> list[str]:
    return sorted(set(PLACEHOLDER.findall(text)))


def faults_of(language: str, pot: polib.POFile) -> Iterator[str]:
    path = catalogue_path(language)
    if not path.exists():
        yield f"{language}: there is no catalogue (make messages)"
        return
    po = polib.pofile(str(path))
    entries = {key(entry): entry for entry in po if not entry.obsolete}
    for wanted in pot:
        where = wanted.occurrences[0][0] if wanted.occurrences else ""
        entry = entries.pop(key(wanted), None)
        if entry is None:
            yield f"{language}: not collected (make messages): {wanted.msgid!r} in {where}"
            continue
        said = list(entry.msgstr_plural.values()) if wanted.msgid_plural else [entry.msgstr]
        # The singular may say in words what the plural counts.
        meant = [wanted.msgid, *[wanted.msgid_plural] * (len(said) - 1)]
        if "fuzzy" in entry.flags or not said or not all(said):
            yield f"{language}: not translated: {wanted.msgid!r} in {where}"
        elif [placeholders(text) for text in said] != [placeholders(text) for text in meant]:
            yield f"{language}: other placeholders than in {wanted.msgid!r}"
    for entry in entries.values():
        yield f"{language}: nobody says this any more (make messages): {entry.msgid!r}"
    for entry in po.obsolete_entries():
        yield f"{language}: an obsolete line is left (make messages): {entry.msgid!r}"


def check() -> None:
    pot = template()
    faults = [fault for language in LANGUAGES for fault in faults_of(language, pot)]
    if faults:
        sys.exit("\n".join(faults))


def compile_all() -> None:
    """Write the .mo files that Django reads, whole or not at all."""
    for language in LANGUAGES:
        path = catalogue_path(language)
        if not path.exists():
            continue
        part = path.with_suffix(f".{os.getpid()}")
        polib.pofile(str(path)).save_as_mofile(str(part))
        part.replace(path.with_suffix(".mo"))


if __name__ == "__main__":
    {"collect": collect, "check": check, "compile": compile_all}[sys.argv[1]]()
