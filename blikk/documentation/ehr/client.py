"""Asking a clinic's FHIR server: reading, searching, and a whole transaction at once."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from blikk.documentation.ehr.faults import Fault, Reason
from blikk.documentation.ehr.line import Answer, Line
from blikk.documentation.ehr.tokens import configuration_of, forget_token, token_for
from blikk.documentation.ehr_tables import EhrConnection

FHIR = "application/fhir+json"
_LONGEST_DETAIL = 2000


class Ehr:
    """A clinic's server, for one stretch of work; a context manager, so that the line is closed."""

    def __init__(self, connection: EhrConnection) -> None:
        self.connection = connection
        self.line = Line()

    def __enter__(self) -> "Ehr":
        self.line.__enter__()
        return self

    def __exit__(self, *about: Any) -> None:
        self.line.__exit__(*about)

    def configuration(self) -> Mapping[str, Any]:
        """What the server says of itself (.well-known/smart-configuration). Raises Fault."""
        return configuration_of(self.connection, self.line)

    def read(self, path: str, *, now: datetime) -> Mapping[str, Any]:
        """A resource, such as `Patient/12`. Raises Fault."""
        return self._get(path, {}, now=now)

    def search(self, kind: str, params: Mapping[str, str], *, now: datetime) -> Mapping[str, Any]:
        """A page of a search, as a Bundle. Raises Fault."""
        return self._get(kind, params, now=now)

    def following(self, bundle: Mapping[str, Any], *, now: datetime) -> Mapping[str, Any] | None:
        """The next page of a search, at the same server and no other; None after the last. Raises Fault."""
        links = bundle.get("link")
        found = [
            link.get("url")
            for link in (links if isinstance(links, list) else [])
            if isinstance(link, dict) and link.get("relation") == "next"
        ]
        if not found or not isinstance(found[0], str):
            return None
        url = found[0]
        at, own = urlsplit(url), urlsplit(self.connection.base_url)
        # The token goes along: only to the place that it is for.
        if (at.scheme, at.netloc.lower()) != (own.scheme, own.netloc.lower()) or at.username:
            raise Fault(Reason.HOST)
        bare = url.split("?", 1)[0]
        return self._content(self._ask("GET", bare, query=at.query, now=now), now=now)

    def transaction(self, bundle: Mapping[str, Any], *, now: datetime) -> Mapping[str, Any]:
        """Send a transaction, and read what became of each part. Raises Fault."""
        raw = json.dumps(bundle, ensure_ascii=False, separators=(",", ":")).encode()
        return self._content(self._ask("POST", self.connection.base_url, content=raw, now=now), now=now)

    def capabilities(self, *, now: datetime) -> Mapping[str, Any]:
        """What the server can do (/metadata), which needs no token. Raises Fault."""
        url = self.connection.base_url + "/metadata"
        answer = self.line.ask("GET", url, headers={"Accept": FHIR})
        return self._content(answer, now=now)

    def _get(self, path: str, params: Mapping[str, str], *, now: datetime) -> Mapping[str, Any]:
        url = f"{self.connection.base_url}/{path}"
        return self._content(self._ask("GET", url, params=params, now=now), now=now)

    def _ask(
        self,
        method: str,
        url: str,
        *,
        params: Mapping[str, str] | None = None,
        query: str = "",
        content: bytes | None = None,
        now: datetime,
    ) -> Answer:
        """Ask with a token; once more with a new one where the server does not know the old one any more."""
        headers = {"Accept": FHIR, **({"Content-Type": FHIR} if content is not None else {})}
        pairs = dict(params or {}) if not query else None
        for is_last in (False, True):
            token = token_for(self.connection, self.line, now=now)
            answer = self.line.ask(
                method,
                url,
                headers={**headers, "Authorization": f"Bearer {token}"},
                params=pairs or None,
                query=query,
                content=content,
            )
            if answer.status != 401 or is_last:
                break
            forget_token(self.connection)
        return answer

    def _content(self, answer: Answer, *, now: datetime) -> Mapping[str, Any]:
        if 200 <= answer.status < 300:
            said = answer.content()
            if not isinstance(said.get("resourceType"), str):
                raise Fault(Reason.NOT_FHIR)
            return said
        raise Fault(_reason(answer), _words_of(answer), wait=answer.wait(now))


def _reason(answer: Answer) -> Reason:
    code = answer.status
    if code == 429 or (code == 503 and "retry-after" in answer.headers):
        return Reason.BUSY
    if code >= 500 or code == 408:
        return Reason.TROUBLED
    if code in {401, 403}:
        return Reason.NOT_ALLOWED
    if code in {404, 405, 410} or 300 <= code < 400:
        return Reason.WRONG_ADDRESS
    if code in {409, 423, 425}:
        return Reason.CONFLICT
    if code == 412:
        return Reason.PATIENT_TWICE
    return Reason.REFUSED


def _words_of(answer: Answer) -> str:
    """What the server says is wrong, in its own words (OperationOutcome); empty where it says nothing readable."""
    try:
        issues = answer.content().get("issue")
    except Fault:
        return ""
    said = [_issue(issue) for issue in issues if isinstance(issue, dict)] if isinstance(issues, list) else []
    return "\n".join(filter(None, said))[:_LONGEST_DETAIL]


def _issue(issue: Mapping[str, Any]) -> str:
    details = issue.get("details")
    text = details.get("text") if isinstance(details, dict) else ""
    where = issue.get("expression") or issue.get("location") or []
    places = ", ".join(str(each) for each in where) if isinstance(where, list) else ""
    words = str(issue.get("diagnostics") or text or issue.get("code") or "")
    return f"{words} ({places})" if places else words
