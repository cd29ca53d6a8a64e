import pytest
from hypothesis import given
from hypothesis import strategies as st

from blikk.kernel.sealing import Unreadable, is_newest, seal, seal_text, unseal, unseal_text

WORDS = "Utslettet kom på lørdag"


@given(st.binary(max_size=2000))
def test_what_was_sealed_opens_again_as_it_was(raw):
    assert unseal(seal(raw, bound_to="here"), bound_to="here") == raw


def test_what_is_sealed_cannot_be_read_and_is_never_the_same_twice():
    first, second = seal_text(WORDS, bound_to="a"), seal_text(WORDS, bound_to="a")
    assert first != second
    assert WORDS.encode() not in first
    assert unseal_text(first, bound_to="a") == WORDS == unseal_text(second, bound_to="a")


def test_it_opens_only_where_it_belongs():
    sealed = seal_text(WORDS, bound_to="message.words:one")
    with pytest.raises(Unreadable):
        unseal(sealed, bound_to="message.words:two")


@given(st.data())
def test_whatever_sign_of_it_is_changed_it_does_not_open(data):
    sealed = bytearray(seal_text(WORDS, bound_to="a"))
    at = data.draw(st.integers(0, len(sealed) - 1))
    sealed[at] ^= data.draw(st.integers(1, 255))
    with pytest.raises(Unreadable):
        unseal(bytes(sealed), bound_to="a")


@given(st.binary(max_size=60))
def test_what_we_never_sealed_does_not_open(raw):
    with pytest.raises(Unreadable):
        unseal(raw, bound_to="a")


def test_an_older_key_still_opens_and_the_newest_seals(settings):
    settings.BLIKK_FIELD_KEYS = ["old" * 20]
    before = seal_text(WORDS, bound_to="a")
    settings.BLIKK_FIELD_KEYS = ["new" * 20, "old" * 20]
    assert unseal_text(before, bound_to="a") == WORDS
    assert not is_newest(before)
    assert is_newest(seal_text(WORDS, bound_to="a"))
    settings.BLIKK_FIELD_KEYS = ["other" * 20]
    with pytest.raises(Unreadable):
        unseal_text(before, bound_to="a")
