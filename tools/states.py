"""Draws docs/states.md from the tables in every states.py, or says that it is stale."""

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "states.md"
sys.path.insert(0, str(ROOT))

from blikk.kernel.moves import Moves  # noqa: E402

HEAD = """# States

Made by `tools/states.py` from the tables in every `states.py`; `make check` fails when it is stale and
`make fix` draws it again. A move that is not in a table is refused (`IllegalMove`); of two people who make
a move at once one is told so (`Overtaken`).
"""


def modules() -> Iterator[ModuleType]:
    for path in sorted((ROOT / "blikk").glob("*/states.py")):
        yield importlib.import_module(f"blikk.{path.parent.name}.states")


def section(name: str, room: str, moves: Moves[str]) -> str:
    table = {str(state): sorted(map(str, targets)) for state, targets in moves.table.items()}
    states = list(dict.fromkeys([*table, *(target for targets in table.values() for target in targets)]))
    reached = {target for targets in table.values() for target in targets}
    starts = [state for state in states if state not in reached] or states[:1]
    ends = [state for state in states if not table.get(state)]
    lines = [f"    [*] --> {state}" for state in starts]
    lines += [f"    {state} --> {target}" for state in table for target in table[state]]
    lines += [f"    {state} --> [*]" for state in ends]
    rows = [
        f"| `{state}` | {', '.join(f'`{target}`' for target in table.get(state, [])) or '–'} |"
        for state in states
    ]
    drawing = "\n".join(["```mermaid", "stateDiagram-v2", *lines, "```"])
    heading = f"## {name.capitalize()} (`blikk/{room}/states.py`)"
    return f"{heading}\n\n{drawing}\n\n" + "\n".join(["| from | to |", "|---|---|", *rows]) + "\n"


def page() -> str:
    parts = [HEAD]
    for module in modules():
        room = module.__name__.split(".")[1]
        tables = {name: value for name, value in vars(module).items() if isinstance(value, Moves)}
        parts += [section(name, room, moves) for name, moves in tables.items() if not name.startswith("_")]
    return "\n".join(parts)


def main() -> int:
    drawn = page()
    if "--check" not in sys.argv[1:]:
        PAGE.parent.mkdir(exist_ok=True)
        PAGE.write_text(drawn, encoding="utf-8")
        return 0
    if PAGE.exists() and PAGE.read_text(encoding="utf-8") == drawn:
        return 0
    print("docs/states.md is stale: make fix")
    return 1


if __name__ == "__main__":
    sys.exit(main())
