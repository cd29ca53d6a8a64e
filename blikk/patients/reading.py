"""Reading phone numbers and e-mail addresses: one form to keep, and what cannot be one is refused."""

import re

import phonenumbers
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from blikk.kernel.errors import Invalid

_TAKES_SMS = (
    phonenumbers.PhoneNumberType.MOBILE,
    phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE,  # North America does not tell them apart
    phonenumbers.PhoneNumberType.PERSONAL_NUMBER,
)
# Signs that no number and no address has: control signs, and those that cannot be seen or turn the writing.
HIDDEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
LONGEST_EMAIL, LONGEST_LOCAL = 254, 64


def normal_phone(typed: str) -> str:
    """Write a phone number as E.164; the empty string for none. Raises Invalid (`phone: not_a_phone`)."""
    typed = typed.strip()
    if not typed:
        return ""
    if HIDDEN.search(typed):
        raise Invalid(phone="not_a_phone")
    try:
        number = phonenumbers.parse(typed, "NO")
    except phonenumbers.NumberParseException as fault:
        raise Invalid(phone="not_a_phone") from fault
    if not phonenumbers.is_valid_number(number) or number.extension:
        raise Invalid(phone="not_a_phone")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def takes_sms(number: str) -> bool:
    """Whether a number (E.164) can be that of a phone which takes an SMS."""
    return phonenumbers.number_type(phonenumbers.parse(number)) in _TAKES_SMS


def normal_mobile(typed: str) -> str:
    """Write the number of a phone that can take an SMS as E.164.

    Raises Invalid (`phone`): missing, not_a_phone or not_a_mobile.
    """
    number = normal_phone(typed)
    if not number:
        raise Invalid(phone="missing")
    if not takes_sms(number):
        raise Invalid(phone="not_a_mobile")
    return number


def normal_email(typed: str) -> str:
    """Write an e-mail address in the one form it is kept in. Raises Invalid (`email: not_an_email`).

    The host is kept as it goes over the wire (`xn--`). A local part beyond ASCII or in quotation marks is refused:
    few servers take either, and a reader could not tell what they are being told.
    """
    address = typed.strip()
    if not address:
        return ""
    local, _, host = address.rpartition("@")
    if HIDDEN.search(address) or not local.isascii() or local.startswith('"') or len(local) > LONGEST_LOCAL:
        raise Invalid(email="not_an_email")
    try:
        plain = f"{local}@{host.lower().encode('idna').decode()}"
        validate_email(plain)
    except (ValidationError, UnicodeError) as fault:
        raise Invalid(email="not_an_email") from fault
    if len(plain) > LONGEST_EMAIL or host.startswith("["):
        raise Invalid(email="not_an_email")
    return plain


def readable_email(address: str) -> str:
    """Write an address as people read it: a host that goes as `xn--` over the wire has its own letters."""
    local, at, host = address.rpartition("@")
    try:
        shown = host.encode("ascii").decode("idna")
    except UnicodeError:
        return address
    return f"{local}{at}{shown}" if shown.encode("idna").decode() == host else address
