"""Talking to a calendar server (RFC 4791): to one that the operator has named, over TLS, and to no other."""

import re
import ssl
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from types import TracebackType
from urllib.parse import quote, unquote, urlsplit

import httpx

from blikk.calendars.errors import Changed, Fault
from blikk.kernel.errors import Invalid

PATIENCE = 5.0
# A server that drips its answer may not hold a worker for ever, nor fill its memory.
LONGEST, LARGEST = 15.0, 1024 * 1024
GONE = {404, 410}
_IS_CALENDAR = re.compile(rb"<(?:[\w.-]+:)?calendar(?:\s[^<>]*)?/?>")
_WHAT = (
    b'<?xml version="1.0" encoding="utf-8"?><propfind xmlns="DAV:"><prop><resourcetype/></prop></propfind>'
)
_SEGMENT = re.compile(r"[^\x00-\x20\x7f\\?#]+")


def origin_of(address: str, hosts: list[str]) -> str:
    """Read the address of a server. Raises Invalid (`origin`): not_https, not_an_address or host_not_allowed."""
    try:
        parts = urlsplit(address.strip())
        port = parts.port
    except ValueError as fault:
        raise Invalid(origin="not_an_address") from fault
    if parts.scheme != "https":
        raise Invalid(origin="not_https" if parts.scheme in {"http", ""} else "not_an_address")
    host = (parts.hostname or "").lower()
    is_bare = parts.path in {"", "/"} and not (parts.query or parts.fragment or parts.username)
    if not host or not is_bare or parts.password:
        raise Invalid(origin="not_an_address")
    place = host if port in {None, 443} else f"{host}:{port}"
    if place not in hosts:
        raise Invalid(origin="host_not_allowed")
    return f"https://{place}"


def path_of(typed: str, origin: str) -> str:
    """Read the address of a calendar on a server, with or without the server. Raises Invalid (`path`)."""
    path = typed.strip()
    if path.startswith(f"{origin}/"):
        path = path.removeprefix(origin)
    segments = [unquote(part) for part in path.removeprefix("/").removesuffix("/").split("/")]
    wrong = any(part in {"", ".", ".."} or "/" in part or not _SEGMENT.fullmatch(part) for part in segments)
    if not path.startswith("/") or wrong or len(path) > 250:
        raise Invalid(path="not_a_calendar_path")
    return "/" + "/".join(quote(part, safe="@:+,;=!$&'()*~") for part in segments) + "/"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server said, read to its end."""

    status: int
    etag: str
    body: bytes


class CalDav:
    """A server under one name and password. Redirects and the machine's proxies are not followed."""

    def __init__(self, origin: str, user: str, password: str, *, hosts: list[str], ca: str = "") -> None:
        try:
            # Asked again for every use: the operator may have taken the host off the list since.
            self.origin = origin_of(origin, hosts)
        except Invalid as fault:
            raise Fault("host_not_allowed") from fault
        trusted = ssl.create_default_context()
        if ca and Path(ca).is_file():
            trusted.load_verify_locations(ca)
        self._client = httpx.Client(
            auth=httpx.BasicAuth(user, password),
            verify=trusted,
            timeout=PATIENCE,
            follow_redirects=False,
            trust_env=False,
            headers={"User-Agent": "Blikk", "Accept-Encoding": "identity"},
        )

    def __enter__(self) -> "CalDav":
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _fault: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._client.close()

    def put(self, path: str, text: str, *, etag: str) -> str:
        """Put an entry where there is none, or over the one that we know. Answers its tag; raises Changed."""
        guard = {"If-Match": etag} if etag else {"If-None-Match": "*"}
        headers = {"Content-Type": "text/calendar; charset=utf-8", **guard}
        answer = self._ask("PUT", path, content=text.encode(), headers=headers)
        # A folder that is not there is a 404 or a 409, as the server likes.
        _require(answer.status, wrong_place={404, 405, 409})
        return answer.etag

    def delete(self, path: str, *, etag: str) -> None:
        """Take away the entry that we know; one that is gone is no news. Raises Changed."""
        answer = self._ask("DELETE", path, headers={"If-Match": etag or "*"})
        if answer.status not in GONE:
            _require(answer.status, wrong_place={405})

    def tag(self, path: str) -> str | None:
        """The tag of an entry as it is now; None if there is none."""
        answer = self._ask("GET", path)
        if answer.status in GONE:
            return None
        _require(answer.status, wrong_place={405})
        return answer.etag or "*"

    def require_calendar(self, path: str) -> None:
        """Look whether there is a calendar. Raises Fault."""
        headers = {"Depth": "0", "Content-Type": "application/xml; charset=utf-8"}
        answer = self._ask("PROPFIND", path, content=_WHAT, headers=headers)
        _require(answer.status, wrong_place={405, 409, *GONE})
        # Looked for as a word: an answer that is never parsed cannot attack a parser.
        if answer.status != 207 or not _IS_CALENDAR.search(answer.body):
            raise Fault("no_calendar")

    def _ask(
        self, method: str, path: str, *, content: bytes = b"", headers: dict[str, str] | None = None
    ) -> Answer:
        deadline = monotonic() + LONGEST
        try:
            with self._client.stream(method, self.origin + path, content=content, headers=headers) as answer:
                body = b""
                for part in answer.iter_raw():
                    body += part
                    if len(body) > LARGEST or monotonic() > deadline:
                        raise Fault("no_answer")
        except httpx.HTTPError as fault:
            raise Fault(_why(fault)) from fault
        etag = answer.headers.get("ETag", "")
        # A weak tag is never equal to itself in If-Match (RFC 9110).
        is_usable = not etag.startswith("W/") and len(etag) <= 200
        return Answer(answer.status_code, etag if is_usable else "", body)


def _why(fault: httpx.HTTPError) -> str:
    cause: BaseException | None = fault
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return "certificate"
        cause = cause.__cause__ or cause.__context__
    return "no_answer"


def _require(code: int, *, wrong_place: set[int]) -> None:
    """Read the answer's number: what it is about decides whether others are worth trying."""
    if 200 <= code < 300:
        return
    if code == 412:
        raise Changed
    if code in {401, 403}:
        raise Fault("not_let_in")
    if code in wrong_place or 300 <= code < 400:
        raise Fault("no_calendar")
    if code == 429 or code >= 500:
        raise Fault("server_troubled")
    raise Fault("refused", is_of_entry=True)
