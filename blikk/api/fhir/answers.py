"""What the API answers with: resources, pages of them, and what is wrong in words."""

import json
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse

from blikk.api.fhir.description import JSON, base
from blikk.api.fhir.words import ISSUES
from blikk.kernel.ids import urn_of

Resource = dict[str, Any]


class Problem(Exception):
    """Something that the API will not do: a status, one of our codes, and what it is about."""

    def __init__(self, status: int, code: str, what: str = "", **headers: str) -> None:
        super().__init__(code)
        self.status, self.code, self.what, self.headers = status, code, what, headers


def answer(content: Mapping[str, Any], status: int = 200, **headers: str) -> HttpResponse:
    """A resource as FHIR's JSON."""
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    response = HttpResponse(text, status=status, content_type=f"{JSON}; charset=utf-8")
    for name, value in headers.items():
        response[name.replace("_", "-")] = value
    return response


def outcome(problem: Problem) -> HttpResponse:
    """What is wrong, as an OperationOutcome with words for a person."""
    content = {"resourceType": "OperationOutcome", "issue": [_issue(problem.code, problem.what, "error")]}
    return answer(content, problem.status, **problem.headers)


def bundle(
    kind: str,
    resources: Sequence[Resource],
    *,
    used: Sequence[tuple[str, str]],
    next_page: str = "",
    total: int | None = None,
    ignored: Sequence[str] = (),
) -> Resource:
    """A page of what was found, with the way to itself and to the next one."""
    links = [{"relation": "self", "url": _address(kind, used)}]
    if next_page:
        links.append({"relation": "next", "url": _address(kind, [("_next", next_page)])})
    entries: list[Resource] = [
        {
            "fullUrl": f"{base()}/{kind}/{one['id']}",
            "resource": one,
            "search": {"mode": "match"},
        }
        for one in resources
    ]
    if ignored:
        issues = [_issue("ignored", name, "warning") for name in ignored]
        said = {"resourceType": "OperationOutcome", "issue": issues}
        name = urn_of("OperationOutcome", " ".join(ignored))
        entries.append({"fullUrl": name, "resource": said, "search": {"mode": "outcome"}})
    return {
        "resourceType": "Bundle",
        "type": "searchset",
        **({"total": total} if total is not None else {}),
        "link": links,
        **({"entry": entries} if entries else {}),
    }


def _issue(code: str, what: str, severity: str) -> Resource:
    kind, words = ISSUES[code]
    text = str(words).format(what=what[:100])
    return {"severity": severity, "code": kind, "details": {"text": text}}


def _address(kind: str, said: Sequence[tuple[str, str]]) -> str:
    return f"{base()}/{kind}" + (f"?{urlencode(said)}" if said else "")
