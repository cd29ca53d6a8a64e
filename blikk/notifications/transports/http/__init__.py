"""SMS by a gateway's HTTP interface, whichever it is: the template says how it is spoken to."""

import logging
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import httpx

from blikk.notifications.states import NUMBER_NOT_IN_USE
from blikk.notifications.transports import NotSent, Outgoing, Receipt, Unknown
from blikk.notifications.transports.http.template import Template, fill, find
from blikk.notifications.transports.sender import sms_sender

# httpx writes whole addresses into its log, and an address can hold a number and words.
for _name in ("httpx", "httpcore"):
    logging.getLogger(_name).setLevel(logging.WARNING)

TIMEOUT = 15.0
LARGEST_ANSWER = 64 * 1024
# What is wrong with us and not with the message: an operator can mend it, and then it goes out.
_OURS = {
    401: "no_sign_in",
    402: "no_credit",
    403: "no_sign_in",
    404: "gateway_not_there",
    425: "busy",
    429: "throttled",
}
_NOBODY_KNOWS = {408, 409, 499}


class HttpTransport:
    """Whether the key is honoured is a promise of the gateway's, written in its template."""

    def __init__(
        self,
        template: Template,
        *,
        user: str = "",
        password: str = "",
        token: str = "",
        extra: Mapping[str, str] | None = None,
        report_url: str = "",
        number: str = "",
        timeout: float = TIMEOUT,
    ) -> None:
        self.template = template
        self.honours_key = template.sending.honours_key
        self._number = number
        self._known = {"user": user, "password": password, "token": token, "report_url": report_url}
        self._known |= {name: (extra or {})[name] for name in template.asks}
        auth = httpx.BasicAuth(user, password) if template.sending.auth == "basic" else None
        self._client = httpx.Client(
            auth=auth,
            timeout=timeout,
            follow_redirects=False,
            trust_env=False,
            # A line that was left open may be closed just when the next message goes: then nobody could tell
            # whether it was taken. Where the key is honoured that costs nothing.
            limits=httpx.Limits(max_keepalive_connections=4 if self.honours_key else 0),
        )

    def send(self, message: Outgoing) -> Receipt:
        request = self._request(message)
        try:
            with self._client.stream(**request) as response:
                status, text = response.status_code, _read(response)
                kind = response.headers.get("Content-Type", "")
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as fault:
            raise NotSent("no_connection", retry=True) from fault
        except (httpx.UnsupportedProtocol, httpx.InvalidURL, httpx.LocalProtocolError) as fault:
            raise NotSent("request_unusable", retry=False) from fault
        except httpx.HTTPError as fault:
            raise Unknown("no_answer") from fault
        return self._judge(status, _parsed(text, kind))

    def _request(self, message: Outgoing) -> dict[str, Any]:
        how = self.template.sending
        values = self._known | {
            "to": message.to,
            "to_digits": message.to.lstrip("+"),
            "sender": sms_sender(message.sender, self._number).value,
            "text": message.body,
            "reference": message.reference,
        }
        in_address = {name: quote(value, safe="") for name, value in values.items()}
        headers = fill(how.headers, values)
        if how.auth == "bearer":
            headers["Authorization"] = f"Bearer {values['token']}"
        body = fill(how.body, values)
        return {
            "method": how.method,
            "url": fill(how.url, in_address),
            "headers": headers,
            **({"data": body} if how.form else {"json": body}),
        }

    def _judge(self, status: int, answer: Any) -> Receipt:
        how = self.template.sending
        if how.not_in_use.fits(status, answer):
            raise NotSent(NUMBER_NOT_IN_USE, retry=False)
        if how.again.fits(status, answer):
            raise NotSent("gateway_says_later", retry=True)
        if how.never.fits(status, answer):
            raise NotSent("gateway_says_no", retry=False)
        if 200 <= status < 300:
            return self._taken(status, answer)
        if status in _OURS or 300 <= status < 400:
            raise NotSent(_OURS.get(status, "gateway_leads_elsewhere"), retry=True)
        if 400 <= status < 500 and status not in _NOBODY_KNOWS:
            raise NotSent("gateway_says_no", retry=False)
        raise Unknown(f"gateway_{status}")

    def _taken(self, status: int, answer: Any) -> Receipt:
        how = self.template.sending
        name = find(answer, how.id) if how.id else ""
        is_said = not how.taken.where or how.taken.fits(status, answer)
        if name is None or not is_said:
            raise Unknown("answer_not_understood")
        return Receipt(name)


def _read(response: httpx.Response) -> str:
    """Read an answer, but never more than an answer can be."""
    read = b""
    for piece in response.iter_bytes():
        read += piece
        if len(read) > LARGEST_ANSWER:
            break
    return read[:LARGEST_ANSWER].decode("utf-8", "replace")


def _parsed(text: str, kind: str) -> Any:
    if "json" not in kind and not text.lstrip().startswith(("{", "[")):
        return text
    try:
        return httpx.Response(200, text=text).json()
    except ValueError:
        return text
