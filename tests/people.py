"""People at the keyboard: browsers that are signed in, and what their apps would show."""

import re
from datetime import datetime

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.http import HttpResponse
from django.test import Client

from blikk.accounts.policies import SECOND_FACTOR
from blikk.clinics.models import Membership
from tests.builders import PASSWORD

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def signed_in(member: Membership, *, strong: bool = True) -> Client:
    """A browser in which the person is signed in; with a password only where `strong` is False."""
    client = Client()
    client.force_login(member.user)
    session = client.session
    session[SECOND_FACTOR] = strong
    session.save()
    return client


def give_password(client: Client, member: Membership, password: str = PASSWORD) -> HttpResponse:
    return client.post("/inn/", {"login": member.user.email, "password": password})


def with_app(member: Membership) -> Authenticator:
    """Give the person an app that shows codes, and recovery codes."""
    RecoveryCodes.activate(member.user)
    return TOTP.activate(member.user, SECRET).instance


def code_at(moment: datetime, *, steps: int = 0) -> str:
    """What the app shows at a moment, or some half minutes later."""
    return format_hotp_value(hotp_value(SECRET, int(moment.timestamp()) // 30 + steps))


def same_for_all(response: HttpResponse) -> bytes:
    """The body without what is new in every answer: request id, nonce and CSRF token."""
    body = response.content
    body = re.sub(rb"<code data-request>[^<]*</code>", b"", body)
    body = re.sub(rb'nonce="[^"]*"', b"", body)
    return re.sub(rb'name="csrfmiddlewaretoken" value="[^"]*"', b"", body)
