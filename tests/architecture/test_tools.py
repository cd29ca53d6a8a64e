import json
import subprocess
from pathlib import Path

import polib
import pytest

from tools import budgets, catalogue, states

ROOT = Path(__file__).resolve().parents[2]


def test_a_function_is_as_long_as_its_lines(tmp_path):
    python = tmp_path / "a.py"
    python.write_text("def short():\n    pass\n\n\nasync def long():\n" + "    pass\n" * 60)
    assert dict(budgets.python_functions(python)) == {"short": 1, "long": 60}
    script = tmp_path / "a.ts"
    script.write_text(
        "export function f(\n  a: number,\n): void {\n" + "  g();\n" * 50 + "}\nfunction h() {\n}\n"
        "const k = async (a: number) => {\n  if (a) {\n    g();\n  }\n"
        "  return {\n    m(): void {\n      g();\n    },\n  };\n};\n"
    )
    assert dict(budgets.typescript_functions(script)) == {"f": 50, "h": 0, "k": 7, "m": 1}


def test_everything_is_within_its_budget(capsys):
    assert budgets.main() == 0, capsys.readouterr().out


def test_a_file_over_its_budget_is_found(tmp_path, monkeypatch, capsys):
    (tmp_path / "blikk").mkdir()
    (tmp_path / "tools").mkdir()
    (tmp_path / "tools" / "budgets.toml").write_text(
        '[files]\n"blikk/b.py" = { lines = 450, reason = "a table" }\n'
    )
    (tmp_path / "blikk" / "a.py").write_text("x = 1\n" * 401)
    (tmp_path / "blikk" / "b.py").write_text("x = 1\n" * 450)
    monkeypatch.setattr(budgets, "ROOT", tmp_path)
    assert budgets.main() == 1
    assert capsys.readouterr().out == "blikk/a.py: 401 lines, the budget is 400\n"


def test_the_page_of_states_is_drawn_from_the_tables():
    drawn = states.page()
    assert (ROOT / "docs" / "states.md").read_text(encoding="utf-8") == drawn, "make fix"
    assert "    waiting --> admitted" in drawn
    assert "    admitted --> waiting" not in drawn


@pytest.fixture
def pot():
    return polib.pofile('msgid "Vent, {name}"\nmsgstr ""\n\nmsgid "Ha det"\nmsgstr ""\n')


@pytest.mark.parametrize(
    ("lines", "fault"),
    [
        ('msgid "Vent, {name}"\nmsgstr "Wait, {name}"\n\nmsgid "Ha det"\nmsgstr "Bye"\n', None),
        ('msgid "Vent, {name}"\nmsgstr "Wait, {name}"\n\nmsgid "Ha det"\nmsgstr ""\n', "not translated"),
        ('msgid "Vent, {name}"\nmsgstr "Wait"\n\nmsgid "Ha det"\nmsgstr "Bye"\n', "other placeholders"),
        ('msgid "Ha det"\nmsgstr "Bye"\n', "not collected"),
        (
            'msgid "Vent, {name}"\nmsgstr "Wait, {name}"\n\n#, fuzzy\nmsgid "Ha det"\nmsgstr "Bye"\n',
            "not translated",
        ),
        (
            'msgid "Vent, {name}"\nmsgstr "Wait, {name}"\n\nmsgid "Ha det"\nmsgstr "Bye"\n\nmsgid "Hei"\nmsgstr "Hi"\n',
            "nobody says this",
        ),
    ],
)
def test_a_catalogue_that_is_not_complete_is_found(tmp_path, monkeypatch, pot, lines, fault):
    path = tmp_path / "en" / "LC_MESSAGES" / "django.po"
    path.parent.mkdir(parents=True)
    path.write_text(
        f'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n{lines}', encoding="utf-8"
    )
    monkeypatch.setattr(catalogue, "LOCALE", tmp_path)
    faults = list(catalogue.faults_of("en", pot))
    assert len(faults) == (fault is not None)
    assert all(fault in found for found in faults)


def words_in(path: Path) -> subprocess.CompletedProcess[str]:
    script = (
        'import { wordsIn } from "./tools/words.mjs"; console.log(JSON.stringify(wordsIn(process.argv[1])))'
    )
    command = ["tools/node.sh", "node", "--input-type=module", "-e", script, str(path)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_words_in_a_script_are_found(tmp_path):
    source = tmp_path / "a.ts"
    source.write_text(
        'export function t(sentence: string) {}\nt("Hei");\nx.t("no");\n'
        'put(\n  t(\n    "Vent, \\"{name}\\"",\n    { name },\n  ),\n);\n'
    )
    assert [word["msgid"] for word in json.loads(words_in(source).stdout)] == ["Hei", 'Vent, "{name}"']


def test_words_that_are_put_together_are_refused(tmp_path):
    source = tmp_path / "a.ts"
    source.write_text('t("Hei " + name);\n')
    ran = words_in(source)
    assert ran.returncode != 0
    assert "a.ts:1" in ran.stderr
