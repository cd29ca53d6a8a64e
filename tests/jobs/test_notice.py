"""`blikk notice`: words from the authorities for every clinic."""

import pytest

from blikk.clinics.models import AuthorityNotice
from blikk.clinics.queries import notices_for
from blikk.jobs.cli import main
from tests.builders import NOW, a_clinic

pytestmark = pytest.mark.django_db


def test_a_notice_is_put_up_listed_and_taken_down(capsys):
    clinic = a_clinic()
    day = ["--from", "2026-11-24", "--to", "2026-11-30"]
    assert main(["notice", "add", "Influensa", "Kom på video.", *day, "--on", "public", "staff"]) == 0
    notice = AuthorityNotice.objects.get()
    assert notices_for(clinic, "staff", on=NOW.date()) == [notice]
    assert notices_for(clinic, "patient", on=NOW.date()) == []
    assert main(["notice", "list"]) == 0
    assert f"{notice.public_id}  2026-11-24 until 2026-11-30  Influensa" in capsys.readouterr().out
    assert main(["notice", "remove", notice.public_id]) == 0
    assert notices_for(clinic, "public", on=NOW.date()) == []


@pytest.mark.parametrize(
    "given",
    [["--from", "i morgen"], ["--from", "2026-11-24", "--to", "2026-11-01"], ["--link", "javascript:x"]],
)
def test_a_notice_that_cannot_be_shown_is_refused(given, capsys):
    assert main(["notice", "add", "Influensa", "Kom på video.", *given]) == 1
    assert "cannot be put up" in capsys.readouterr().err
    assert AuthorityNotice.objects.count() == 0


def test_a_clinics_own_notice_is_not_the_operators_to_take_down(capsys):
    values = {"clinic": a_clinic(), "title": "x", "words": "x", "valid_from": NOW.date(), "created_at": NOW}
    notice = AuthorityNotice.objects.create(**values)
    assert main(["notice", "remove", notice.public_id]) == 1
    assert "no such notice" in capsys.readouterr().err
