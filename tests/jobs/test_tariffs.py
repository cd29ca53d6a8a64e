"""`blikk tariffs`: what a file would change is shown before it does."""

import json

import pytest

from blikk.audit.models import Entry
from blikk.jobs.cli import main
from blikk.payments.models import Ceiling, DiagnosisCode, Tariff

pytestmark = pytest.mark.django_db
HEAD = "takstkode;fagomraade;fradato;tildato;honorar;refusjon;egenandel;beskrivelse\n"


def a_file(tmp_path, *rows):
    path = tmp_path / "takster.csv"
    path.write_text(HEAD + "\n".join(rows) + "\n")
    return str(path)


def test_a_file_is_shown_first_and_taken_in_when_asked(tmp_path, capsys):
    file = a_file(tmp_path, "2ae;LE;2026-07-01;;175;15;160;E-konsultasjon")
    assert main(["tariffs", "import", file]) == 0
    said = capsys.readouterr().out
    assert "1 new, 0 changed, 0 ended, 0 as before" in said
    assert "NEW      LE 2ae 2026-07-01 until further notice: patient 160,00" in said
    assert "--apply" in said
    assert not Tariff.objects.exists()
    assert main(["tariffs", "import", file, "--apply"]) == 0
    assert Tariff.objects.get().copay_ore == 16000
    newer = a_file(tmp_path, "2ae;LE;2027-07-01;;185;15;170;E-konsultasjon")
    capsys.readouterr()
    assert main(["tariffs", "import", newer, "--apply"]) == 0
    assert "ENDED    LE 2ae 2026-07-01 until 2027-06-30" in capsys.readouterr().out
    assert Entry.objects.filter(act="tariffs.taken_in").count() == 2


def test_gaps_are_told_and_overlaps_stop_it_all(tmp_path, capsys):
    first = "2ae;LE;2026-01-01;2026-03-31;175;15;160;E"
    gap = a_file(tmp_path, first, "2ae;LE;2026-05-01;;175;15;160;E")
    assert main(["tariffs", "import", gap]) == 0
    assert "GAP      LE 2ae has no rate from 2026-04-01 to 2026-04-30" in capsys.readouterr().out
    double = a_file(tmp_path, first, "2ae;LE;2026-03-01;;175;15;160;E", "2ad;LE;2026-03-01;;175;15;160;E")
    assert main(["tariffs", "import", double, "--apply"]) == 1
    said = capsys.readouterr().out
    assert "OVERLAP  LE 2ae would have two rates from 2026-03-01 to 2026-03-31" in said
    assert "Nothing was taken in" in said
    assert not Tariff.objects.exists()


def test_a_row_that_cannot_be_read_stops_it_all(tmp_path, capsys):
    file = a_file(tmp_path, "2ae;LE;2026-01-01;;175;15;mye;E", "2ad;LE;2026-01-01;;175;15;160;E")
    assert main(["tariffs", "import", file, "--apply"]) == 1
    assert "UNREADABLE  row 1 2ae: egenandel is not_an_amount" in capsys.readouterr().out
    assert not Tariff.objects.exists()


def test_the_sample_comes_with_ceilings_and_codes(capsys):
    assert main(["tariffs", "import", "--sample", "--apply"]) == 0
    assert (Tariff.objects.count(), Ceiling.objects.count(), DiagnosisCode.objects.count()) == (8, 5, 6)
    capsys.readouterr()
    assert main(["tariffs", "list", "--on", "2026-11-24"]) == 0
    assert "LE 2ae 2021-07-01" in capsys.readouterr().out


def test_an_address_is_read_as_json_and_only_by_https(respond, capsys):
    row = {"takstkode": "2ae", "fagomraade": "LE", "fradato": "2026-07-01", "egenandel": 160}
    asked = respond(json.dumps([row]))
    assert main(["tariffs", "import", "https://register.example/v1/takstkoder", "--apply"]) == 0
    assert asked == [("https://register.example/v1/takstkoder", "application/json")]
    assert Tariff.objects.get().source == "https://register.example/v1/takstkoder"
    assert main(["tariffs", "import", "http://register.example/v1/takstkoder"]) == 2
    assert "not_https" in capsys.readouterr().err


@pytest.fixture
def respond(monkeypatch):
    import httpx

    def answer_with(text):
        asked = []

        def get(address, *, headers, **_):
            asked.append((address, headers["Accept"]))
            return httpx.Response(200, text=text, request=httpx.Request("GET", address))

        monkeypatch.setattr("blikk.jobs.tariffs.httpx.get", get)
        return asked

    return answer_with


def test_a_file_that_is_not_there_is_said(capsys):
    assert main(["tariffs", "import", "/nowhere/takster.csv"]) == 2
    assert "cannot be had" in capsys.readouterr().err
