"""Counts lines: what is long is nearly always what nobody dares to change."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FILE, TEST_FILE, FUNCTION, TEMPLATE = 400, 600, 40, 150
FOLDERS = ("blikk", "frontend", "tests", "tools", "bench")
SUFFIXES = {".py", ".ts", ".mjs", ".css", ".html", ".sh", ".js"}
SKIPPED = {"migrations", "node_modules", "built", "__pycache__"}
FUNCTION_START = re.compile(
    r"^(\s*)(?:export )?(?:(?:async )?function\*? (?P<function>\w+)"
    r"|const (?P<arrow>\w+) = (?:async )?\(.*=> \{$"
    r"|(?:async |private |static |get |set )*(?P<method>(?!(?:if|for|while|switch|catch)\b)\w+)\(.*\)(?:: .+)? \{$)"
)


def sources() -> Iterator[Path]:
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in SUFFIXES and not SKIPPED & set(path.parts):
                yield path


def budget_of(path: Path) -> int:
    if path.suffix == ".html":
        return TEMPLATE
    is_test = path.is_relative_to(ROOT / "tests") or ".test." in path.name
    return TEST_FILE if is_test else FILE


Span = tuple[str, int, int]


def own_lengths(spans: list[Span]) -> Iterator[tuple[str, int]]:
    """Each function's lines, without those of the functions written inside it: they are counted themselves.

    What counts is the body: an act names what it is given one by one, and that is no fault.
    """
    for name, start, end in spans:
        inside = [(s, e) for _, s, e in spans if start < s and e <= end]
        outermost = [(s, e) for s, e in inside if not any(a < s and e <= b for a, b in inside)]
        yield name, end - start + 1 - sum(e - s + 1 for s, e in outermost)


def python_functions(path: Path) -> Iterator[tuple[str, int]]:
    nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    functions = [node for node in nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    return own_lengths(
        [(node.name, node.body[0].lineno, node.end_lineno or node.lineno) for node in functions]
    )


def typescript_functions(path: Path) -> Iterator[tuple[str, int]]:
    """Named functions, from their first own line to the closing brace in the same column (Biome formats)."""
    lines = path.read_text(encoding="utf-8").splitlines()
    spans = []
    for number, line in enumerate(lines):
        if start := FUNCTION_START.match(line):
            ends = (n for n in range(number, len(lines)) if lines[n].rstrip(";,)").rstrip() == start[1] + "}")
            opens = next((n for n in range(number, len(lines)) if lines[n].endswith("{")), number)
            spans.append(
                (start["function"] or start["arrow"] or start["method"], opens + 1, next(ends, number) - 1)
            )
    return own_lengths(spans)


def lengths() -> Iterator[tuple[str, str, int, int]]:
    for path in sources():
        name = path.relative_to(ROOT).as_posix()
        yield "files", name, path.read_text(encoding="utf-8").count("\n"), budget_of(path)
        functions = {".py": python_functions, ".ts": typescript_functions}.get(path.suffix)
        for function, length in functions(path) if functions else ():
            yield "functions", f"{name}:{function}", length, FUNCTION


def main() -> int:
    allowed = tomllib.loads((ROOT / "tools" / "budgets.toml").read_text(encoding="utf-8"))
    faults = []
    unused = {(kind, name) for kind in ("files", "functions") for name in allowed.get(kind, {})}
    for kind, name, length, budget in lengths():
        if length <= budget:
            continue
        exception = allowed.get(kind, {}).get(name)
        unused.discard((kind, name))
        if exception is None or not exception.get("reason"):
            faults.append(f"{name}: {length} lines, the budget is {budget}")
        elif length > exception["lines"]:
            faults.append(f"{name}: {length} lines, its exception allows {exception['lines']}")
    faults += [f"tools/budgets.toml: {name} no longer needs its exception" for _, name in sorted(unused)]
    print("\n".join(faults), end="\n" if faults else "")
    return bool(faults)


if __name__ == "__main__":
    sys.exit(main())
