"""Reading numbers and addresses, spelling them aloud, and asking about what looks like a slip."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blikk.kernel.errors import Invalid
from blikk.patients.reading import HIDDEN, normal_email, normal_phone, readable_email
from blikk.patients.slips import distance, slips_in, slips_in_email, slips_in_phone
from blikk.web.spelling import ALPHABET, DIGITS, SIGNS, email_parts, phone_parts, spell
from tests.builders import a_clinic, a_patient

SIGN = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]{1,12}"
LOCALS = st.from_regex(rf"{SIGN}(\.{SIGN}){{0,3}}", fullmatch=True)
LABELS = st.from_regex(r"[a-z0-9æøå]([a-z0-9æøå-]{0,10}[a-z0-9æøå])?", fullmatch=True)
ENDS = st.sampled_from(["no", "com", "org"])
HOSTS = st.one_of(
    st.builds(lambda names, end: ".".join([*names, end]), st.lists(LABELS, min_size=1, max_size=3), ENDS),
    st.sampled_from(["gmail.com", "online.no"]),
)


def kept(typed: str) -> str | None:
    try:
        return normal_email(typed)
    except Invalid:
        return None


def heard(words: str) -> str:
    """Write down what somebody spells, as the person at the other end would."""
    by_word = {name: sign for sign, name in ALPHABET.items()}
    by_word |= {str(word): str(digit) for digit, word in enumerate(DIGITS)}
    by_word |= {str(word): sign for sign, word in SIGNS.items()}
    signs, rest = "", words
    is_big = False
    while rest:
        rest = rest.lstrip(" ")
        if rest.startswith("stor "):
            is_big, rest = True, rest[len("stor ") :]
            continue
        word = max((one for one in by_word if rest == one or rest.startswith(f"{one} ")), key=len, default="")
        if not word:
            word = rest.split(" ")[0]
            signs += word
        else:
            signs += by_word[word].upper() if is_big else by_word[word]
        is_big, rest = False, rest[len(word) :]
    return signs


@given(LOCALS, HOSTS)
def test_every_address_is_spelt_and_heard_as_the_same_address(local, host):
    address = kept(f"{local}@{host}")
    if address is None:
        return
    parts = email_parts(address)
    assert "".join(part.shown for part in parts) == readable_email(address)
    assert "".join(heard(part.said) for part in parts) == readable_email(address)
    assert normal_email(readable_email(address)) == address


def test_an_ordinary_address_can_be_kept():
    assert kept("ola_N.hansen+1@Example.NO") == "ola_N.hansen+1@example.no"


@given(st.integers(min_value=40000000, max_value=99999999))
def test_every_number_is_said_digit_by_digit(number):
    try:
        whole = normal_phone(str(number))
    except Invalid:
        return
    parts = phone_parts(whole)
    assert heard(" ".join(part.said for part in parts)) == str(number)
    assert all(len(part.shown) <= 3 for part in parts)


@given(st.text(max_size=60))
def test_whatever_is_typed_is_kept_clean_or_refused(typed):
    address = kept(typed)
    if address:
        assert address.isascii()
        assert not HIDDEN.search(address)
        assert address.count("@") == 1
        assert not any(sign.isspace() for sign in address)
    try:
        number = normal_phone(typed)
    except Invalid:
        return
    assert number == "" or (number[0] == "+" and number[1:].isdigit())


@pytest.mark.parametrize(
    "typed",
    [
        "ola@example.no\r\nBcc: x@example.no",
        "ola@exa\u202emple.no",
        "ola\u200b@example.no",
        "ola@example.no\x00",
        "øla@example.no",
        '"ola hansen"@example.no',
        "ola@[127.0.0.1]",
        f"{'a' * 65}@example.no",
        f"ola@{'a' * 60}.{'b' * 60}.{'c' * 60}.{'d' * 60}.no.example",
        "ola@example..no",
        "ola@ſ@example.no",
    ],
)
def test_hostile_addresses_are_refused(typed):
    assert kept(typed) is None
    assert kept("ola@example.no") == "ola@example.no"


def test_a_host_with_norwegian_letters_goes_over_the_wire_as_ascii():
    assert kept("ola@blåbær.no") == "ola@xn--blbr-roah.no"
    assert readable_email("ola@xn--blbr-roah.no") == "ola@blåbær.no"


@pytest.mark.parametrize(
    "typed", ["901234567", "9012345", "90\r\n123456", "9012\u202e3456", "9012345a", "+47"]
)
def test_numbers_with_a_digit_too_few_or_too_many_or_hidden_signs_are_refused(typed):
    with pytest.raises(Invalid):
        normal_phone(typed)
    assert normal_phone("0047 901 23 456") == "+4790123456"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("ola@gmial.com", "ola@gmail.com"),
        ("ola@gmail.con", "ola@gmail.com"),
        ("ola@gmail.no", "ola@gmail.com"),
        ("ola@hotmial.com", "ola@hotmail.com"),
        ("ola@outlok.com", "ola@outlook.com"),
        ("ola@yaho.com", "ola@yahoo.com"),
        ("ola@firma.con", "ola@firma.com"),
        ("ola@0nline.no", "ola@online.no"),
        ("ola@gmаil.com", "ola@gmail.com"),
        ("ola@hotrnail.com", "ola@hotmail.com"),
    ],
)
def test_a_likely_slip_is_asked_about(typed, meant):
    assert [slip.instead for slip in slips_in_email(normal_email(typed))] == [meant]


@pytest.mark.parametrize(
    "right", ["gmail.com", "online.no", "helse-bergen.no", "example.no", "blåbær.no", "ntnu.no"]
)
def test_a_host_that_is_nobodys_slip_is_not_asked_about(right):
    assert list(slips_in_email(normal_email(f"ola@{right}"))) == []


def test_letters_of_other_scripts_are_asked_about():
    assert [slip.code for slip in slips_in_email(normal_email("ola@пример.com"))] == ["strange_letters"]


def test_landlines_and_foreign_numbers_are_asked_about():
    assert [slip.code for slip in slips_in_phone("+4722123456")] == ["landline"]
    assert [slip.code for slip in slips_in_phone("+46701234567")] == ["foreign"]
    assert list(slips_in_phone("+4790123456")) == []


@pytest.mark.django_db
def test_a_number_of_another_patient_is_pointed_out_to_the_same_clinic_only():
    clinic = a_clinic()
    patient = a_patient(clinic)
    slip = slips_in("phone", "+4790123456", clinic=clinic)[0]
    assert (slip.code, slip.about) == ("of_another", "Hansen, Ola")
    assert slips_in("phone", "+4790123456", clinic=clinic, patient=patient) == ()
    assert slips_in("phone", "+4790123456", clinic=a_clinic("Nabolaget")) == ()


@given(st.text("abc", max_size=6), st.text("abc", max_size=6))
def test_a_slip_is_as_far_there_as_back(left, right):
    assert distance(left, right) == distance(right, left)
    assert (distance(left, right) == 0) == (left == right)


def test_the_alphabet_is_whole():
    assert set(ALPHABET) == set("abcdefghijklmnopqrstuvwxyzæøå")
    assert [spell(sign) for sign in "vW3@é"] == ["Enkelt-V", "stor Dobbelt-W", "tre", "krøllalfa", "tegnet é"]
