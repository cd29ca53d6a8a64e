"""How a gateway is spoken to, as a description in JSON: a closed set of fields, and how its answers are read."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

FIELDS = frozenset(
    {"to", "to_digits", "sender", "text", "reference", "report_url", "user", "password", "token"}
)
READY = Path(__file__).parent / "ready"
_FIELD = re.compile(r"\{([a-z_0-9]+)\}")
_AUTH = {"none", "basic", "bearer"}
_MOST_ITEMS = 500


class WrongTemplate(ValueError):
    """The description of a gateway cannot be used; says where."""


@dataclass(frozen=True, slots=True)
class Where:
    """A place in an answer, and the values there that count."""

    at: str
    values: frozenset[str]

    def fits(self, answer: Any) -> bool:
        return find(answer, self.at) in self.values


@dataclass(frozen=True, slots=True)
class Verdict:
    """Which answers mean one thing."""

    status: frozenset[int] = frozenset()
    where: tuple[Where, ...] = ()

    def fits(self, status: int, answer: Any) -> bool:
        return status in self.status or any(each.fits(answer) for each in self.where)


@dataclass(frozen=True, slots=True)
class Sending:
    """How a message is handed over, and what the answers mean."""

    url: str
    body: Any
    method: str = "POST"
    auth: str = "none"
    headers: Mapping[str, str] = field(default_factory=dict)
    form: bool = False
    honours_key: bool = False
    id: str = ""
    taken: Verdict = Verdict()
    again: Verdict = Verdict()
    never: Verdict = Verdict()
    not_in_use: Verdict = Verdict()


@dataclass(frozen=True, slots=True)
class Signature:
    """How the gateway proves that it is the one that calls: HMAC-SHA256 over `<timestamp>.<body>`, in hex."""

    header: str
    timestamp: str
    prefix: str = ""


@dataclass(frozen=True, slots=True)
class Calling:
    """How the gateway calls us, with a report or with an SMS that somebody sent."""

    form: bool
    items: str = ""
    id: str = ""
    reference: str = ""
    state: str = ""
    accepted: frozenset[str] = frozenset()
    delivered: frozenset[str] = frozenset()
    failed: frozenset[str] = frozenset()
    not_in_use: Verdict = Verdict()
    phone: str = ""
    words: str = ""
    answer: str = ""


@dataclass(frozen=True, slots=True)
class Template:
    """A gateway."""

    name: str
    sending: Sending
    asks: tuple[str, ...] = ()
    report: Calling | None = None
    text: Calling | None = None
    signature: Signature | None = None


def load(name: str) -> Template:
    """Read a ready description by its name, or one of the operator's own by its path. Raises WrongTemplate."""
    path = READY / f"{name}.json" if re.fullmatch(r"[a-z0-9_-]+", name) else Path(name)
    try:
        described = json.loads(path.read_text())
    except OSError as fault:
        raise WrongTemplate(
            f"{name}: there is no such description of a gateway ({', '.join(ready())})"
        ) from fault
    except ValueError as fault:
        raise WrongTemplate(f"{name}: is not JSON: {fault}") from fault
    try:
        return _template(described)
    except (KeyError, TypeError, AttributeError) as fault:
        raise WrongTemplate(f"{name}: {type(fault).__name__} {fault}") from fault


def ready() -> list[str]:
    """The gateways that come with Blikk."""
    return sorted(path.stem for path in READY.glob("*.json"))


def fill(shape: Any, values: Mapping[str, str]) -> Any:
    """Put values into every text of a shape. They are put in as values: none can add a field, nor end one."""
    match shape:
        case str():
            return _FIELD.sub(lambda found: values[found.group(1)], shape)
        case dict():
            return {name: fill(inner, values) for name, inner in shape.items()}
        case list():
            return [fill(inner, values) for inner in shape]
    return shape


def find(answer: Any, path: str) -> str | None:
    """What stands at a place: `a.b.0` in a structure, or the first group of `~pattern` in a text."""
    if path.startswith("~"):
        match = re.search(path[1:], answer) if isinstance(answer, str) else None
        return match.group(1) if match else None
    for step in path.split(".") if path else ():
        try:
            answer = answer[int(step)] if isinstance(answer, list) else answer[step]
        except (KeyError, IndexError, TypeError, ValueError):
            return None
    if isinstance(answer, bool):
        return "true" if answer else "false"
    return None if answer is None or isinstance(answer, dict | list) else str(answer)


def items(answer: Any, path: str) -> list[Any]:
    """The things that one call tells of."""
    for step in path.split(".") if path else ():
        answer = answer.get(step) if isinstance(answer, dict) else None
    return (answer if isinstance(answer, list) else [answer])[:_MOST_ITEMS]


def _template(described: dict[str, Any]) -> Template:
    _only(described, "name documentation tried notes asks send report text signature", "the gateway")
    asks = tuple(described.get("asks", ()))
    sending = _sending(described["send"], FIELDS | set(asks))
    signature = described.get("signature")
    return Template(
        name=described["name"],
        sending=sending,
        asks=asks,
        report=_calling(described["report"]) if "report" in described else None,
        text=_calling(described["text"]) if "text" in described else None,
        signature=Signature(**signature) if signature else None,
    )


def _sending(given: dict[str, Any], fields: frozenset[str] | set[str]) -> Sending:
    verdicts = "taken again never not_in_use"
    _only(given, f"url method auth headers json form honours_key id {verdicts}", "send")
    if ("json" in given) == ("form" in given):
        raise WrongTemplate("send: exactly one of json and form")
    if given.get("auth", "none") not in _AUTH:
        raise WrongTemplate(f"send: auth is one of {', '.join(sorted(_AUTH))}")
    if unknown := set(_FIELD.findall(json.dumps(given))) - fields:
        raise WrongTemplate(f"send: there is no field {', '.join(sorted(unknown))}")
    if not given["url"].startswith(("https://", "http://127.0.0.1", "http://localhost", "{")):
        raise WrongTemplate("send: url must begin with https://")
    return Sending(
        url=given["url"],
        body=given.get("json", given.get("form")),
        method=given.get("method", "POST"),
        auth=given.get("auth", "none"),
        headers=given.get("headers", {}),
        form="form" in given,
        honours_key=bool(given.get("honours_key", False)),
        id=_path(given.get("id", "")),
        **{name: _verdict(given.get(name, {})) for name in verdicts.split()},
    )


def _calling(given: dict[str, Any]) -> Calling:
    _only(
        given,
        "body items id reference state accepted delivered failed not_in_use from words answer",
        "a call",
    )

    def path(name: str) -> str:
        return _path(given.get(name, ""))

    def values(name: str) -> frozenset[str]:
        return frozenset(map(str, given.get(name, ())))

    return Calling(
        form={"form": True, "json": False}[given["body"]],
        items=given.get("items", ""),
        id=path("id"),
        reference=path("reference"),
        state=path("state"),
        accepted=values("accepted"),
        delivered=values("delivered"),
        failed=values("failed"),
        not_in_use=_verdict(given.get("not_in_use", {})),
        phone=path("from"),
        words=path("words"),
        answer=given.get("answer", ""),
    )


def _verdict(given: dict[str, Any]) -> Verdict:
    _only(given, "status at is", "an answer")
    where = (Where(_path(given["at"]), frozenset(map(str, given["is"]))),) if "at" in given else ()
    return Verdict(frozenset(given.get("status", ())), where)


def _path(path: str) -> str:
    if path.startswith("~"):
        try:
            groups = re.compile(path[1:]).groups
        except re.error as fault:
            raise WrongTemplate(f"{path}: {fault}") from fault
        if groups != 1:
            raise WrongTemplate(f"{path}: a pattern has one group")
    return path


def _only(given: dict[str, Any], names: str, what: str) -> None:
    if unknown := set(given) - set(names.split()):
        raise WrongTemplate(f"{what}: there is no {', '.join(sorted(unknown))}")
