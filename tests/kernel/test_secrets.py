"""Sealed text: bound to where it lies, named by its key, and readable while that key is kept."""

import base64
import os

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from blikk.kernel import secrets
from blikk.kernel.secrets import KeyIsMissing, blinds, is_newest, key_id, seal, unseal


def test_what_is_sealed_is_read_as_what_it_was_bound_to_and_as_nothing_else():
    sealed = seal("hemmelig", "notes.text")
    assert unseal(sealed, "notes.text") == "hemmelig"
    assert "hemmelig" not in sealed
    with pytest.raises(InvalidTag):
        unseal(sealed, "notes.other")


def test_an_older_key_reads_what_it_sealed_until_it_is_taken_away(settings):
    settings.BLIKK_FIELD_KEYS = ["old" * 16]
    sealed = seal("hemmelig", "a")
    assert is_newest(sealed)
    settings.BLIKK_FIELD_KEYS = ["newest" * 8, "new" * 16, "old" * 16]
    assert unseal(sealed, "a") == "hemmelig"
    assert not is_newest(sealed)
    settings.BLIKK_FIELD_KEYS = ["newest" * 8, "old" * 16]
    assert unseal(sealed, "a") == "hemmelig", "a key is known by its name, not by its place"
    settings.BLIKK_FIELD_KEYS = ["newest" * 8]
    with pytest.raises(KeyIsMissing):
        unseal(sealed, "a")


def test_what_was_sealed_when_keys_were_counted_is_still_read(settings):
    settings.BLIKK_FIELD_KEYS = ["new" * 16, "old" * 16]
    nonce = os.urandom(12)
    raw = nonce + AESGCM(secrets.derived_key("old" * 16)).encrypt(nonce, b"hemmelig", b"a")
    assert unseal("v1:1:" + base64.b64encode(raw).decode(), "a") == "hemmelig"


def test_the_name_of_a_key_gives_nothing_of_it_away():
    assert key_id("x" * 40) != key_id("y" * 40)
    assert len(key_id("x" * 40)) == 8


def test_a_digest_is_found_by_any_key_and_is_another_for_another_purpose(settings):
    settings.BLIKK_FIELD_KEYS = ["old" * 16]
    (before,) = blinds("a", "1")
    settings.BLIKK_FIELD_KEYS = ["new" * 16, "old" * 16]
    assert before in blinds("a", "1")
    assert before != blinds("a", "1")[0]
    assert set(blinds("a", "1")).isdisjoint(blinds("b", "1"))
