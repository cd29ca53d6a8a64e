"""The last look before a message leaves: nothing that can forge, hide or mislead passes to any transport."""

import re
import unicodedata
from dataclasses import replace
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator

from blikk.notifications.transports import NotSent, Outgoing

LONGEST_SUBJECT = 200
LONGEST_SENDER = 80
LONGEST_BODY = {"sms": 1000, "email": 20_000}
_PHONE = re.compile(r"\+[1-9][0-9]{6,14}")
_LINK = re.compile(r"(?i)\b[a-z][a-z0-9+.-]{1,19}://[^\s<>\"]*")
# Signs without a picture of their own that turn or hide what stands beside them. The joiners are left:
# Persian and many emoji are wrong without them.
_INVISIBLE = re.compile(
    "[\u00ad\u061c\u180e\u200b\u200e\u200f\u2028\u2029\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]"
)
_is_email = EmailValidator()


def checked(message: Outgoing) -> Outgoing:
    """The message as it may leave. Raises NotSent for good where no such form of it exists."""
    to = message.to
    if message.channel == "sms":
        if not _PHONE.fullmatch(to):
            raise NotSent("address_unusable", retry=False)
    else:
        to = _address(to)
    body = _clean(message.body.replace("\r\n", "\n").replace("\r", "\n"), keep="\n").strip("\n")
    if len(body) > LONGEST_BODY[message.channel]:
        raise NotSent("too_long", retry=False)
    if any(not _is_ours(link) for link in _LINK.findall(body)):
        raise NotSent("foreign_link", retry=False)
    return replace(
        message,
        to=to,
        sender=_sender(message.sender),
        subject=_line(message.subject)[:LONGEST_SUBJECT].rstrip(),
        body=body,
    )


def is_mixed(words: str) -> bool:
    """Whether letters of several alphabets stand in one word, as in a name made to look like another's."""
    return any(len(_scripts(word)) > 1 for word in re.split(r"[\W\d_]+", words))


def _address(to: str) -> str:
    """An e-mail address with its host as mail servers write it; a host made to look like another is none."""
    local, _, host = to.rpartition("@")
    if is_mixed(host):
        raise NotSent("address_looks_like_another", retry=False)
    try:
        plain = f"{local}@{host.encode('idna').decode('ascii').lower()}"
        _is_email(plain)
        local.encode("ascii")
    except (ValidationError, UnicodeError) as fault:
        raise NotSent("address_unusable", retry=False) from fault
    if any(unicodedata.category(sign).startswith(("C", "Z")) for sign in to):
        raise NotSent("address_unusable", retry=False)
    return plain


def _sender(typed: str) -> str:
    """The neutral name that a message comes from; one that imitates with foreign letters is left out."""
    sender = _line(typed)[:LONGEST_SENDER].rstrip()
    return "" if is_mixed(sender) else sender


def _line(typed: str) -> str:
    return " ".join(_clean(typed, keep="").split())


def _clean(typed: str, *, keep: str) -> str:
    seen = _INVISIBLE.sub("", typed)
    return "".join(
        sign if sign in keep or unicodedata.category(sign) not in {"Cc", "Cs"} else " " for sign in seen
    )


def _is_ours(link: str) -> bool:
    """Whether a link leads to this site: no message of ours leads anywhere else."""
    try:
        there, here = urlsplit(link), urlsplit(settings.BLIKK_BASE_URL)
        return (there.scheme.lower(), there.netloc.lower()) == (here.scheme, here.netloc.lower())
    except ValueError:
        return False


def _scripts(word: str) -> set[str]:
    return {unicodedata.name(sign, "").partition(" ")[0] for sign in word if sign.isalpha()}
