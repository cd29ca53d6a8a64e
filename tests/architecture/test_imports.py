import ast
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [str(BIN / "lint-imports"), "--no-logo", "--no-cache", "--config", "pyproject.toml"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def ruff(text: str, name: str) -> str:
    command = [
        str(BIN / "ruff"),
        "check",
        "--output-format=concise",
        "--select=TID251",
        f"--stdin-filename={name}",
        "-",
    ]
    return subprocess.run(command, cwd=ROOT, input=text, capture_output=True, text=True, check=False).stdout


def test_the_rooms_keep_their_floors():
    ran = lint_imports(ROOT)
    assert ran.returncode == 0, ran.stdout


@pytest.mark.parametrize(
    ("file", "line"),
    [
        ("kernel/errors.py", "import blikk.patients.services"),
        ("patients/queries.py", "import blikk.waiting_room.queries"),
        ("audit/queries.py", "import blikk.notifications.queries"),
        ("web/public.py", "from blikk.patients.models import Patient"),
        ("cellar/__init__.py", ""),
    ],
)
def test_an_import_that_looks_upwards_is_found(tmp_path, file, line):
    shutil.copytree(ROOT / "blikk", tmp_path / "blikk", ignore=shutil.ignore_patterns("static", "locale"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    changed = tmp_path / "blikk" / file
    changed.parent.mkdir(exist_ok=True)
    with changed.open("a") as source:
        source.write(f"\n{line}\n")
    assert lint_imports(tmp_path).returncode != 0


@pytest.mark.parametrize(
    "line",
    [
        "from django.http import HttpRequest",
        "from django.template.loader import render_to_string",
        "from django.db.models.signals import post_save",
        "from django.utils import timezone\nprint(timezone.now())",
        "from datetime import datetime, UTC\nprint(datetime.now(UTC))",
        "import uuid",
        "import random",
    ],
)
def test_http_templates_signals_and_the_clock_stay_out_of_rooms(line):
    assert "TID251" in ruff(line, "blikk/patients/services.py")


def test_a_door_speaks_http_and_reads_the_clock():
    allowed = "from django.http import HttpRequest\nfrom django.utils import timezone\nprint(timezone.now())"
    assert "TID251" not in ruff(allowed, "blikk/web/public.py")


def imported_by(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add(node.module or "")
    return names


def test_no_part_of_the_product_takes_its_ids_from_random_or_uuid():
    seen = {path: imported_by(path) for path in (ROOT / "blikk").rglob("*.py")}
    assert any("secrets" in names for names in seen.values())
    assert not [path for path, names in seen.items() if names & {"random", "uuid"}]
