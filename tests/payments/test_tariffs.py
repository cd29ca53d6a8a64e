"""Tariffs: read from files of three kinds, compared before anything changes, taken in whole or not at all."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blikk.audit.models import Entry
from blikk.kernel.actors import SYSTEM
from blikk.kernel.errors import Invalid
from blikk.payments import decisions, queries, services
from blikk.payments.amounts import kroner, read_ore
from blikk.payments.errors import TariffsOverlap
from blikk.payments.models import DiagnosisCode, Tariff
from blikk.payments.samples import sample
from blikk.payments.tariffs.ceilings import read_ceilings, read_codes
from blikk.payments.tariffs.plan import examine, plan
from blikk.payments.tariffs.readers import combination_of, read
from blikk.payments.tariffs.rows import Combination, TariffRow

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
TODAY = NOW.date()
JANUARY = date(2026, 1, 1)


def a_row(code="2ae", valid_from=JANUARY, valid_to=None, **more):
    values = {
        "fee_ore": 17500,
        "reimbursement_ore": 1500,
        "copay_ore": 16000,
        "source": "x",
        "source_on": TODAY,
    }
    return TariffRow("LE", code, "E-konsultasjon", valid_from, valid_to, **{**values, **more})


RECORD = {
    "takst_id": 1,
    "takstkode": "2ae",
    "fagomraade": "LE",
    "fradato": "2026-07-01",
    "tildato": "2100-12-31",
    "honorar": 175.1,
    "refusjon": 15,
    "egenandel": "160,00",
    "pasient_egenbetaling": None,
    "ugyldig_kombinasjon": "Alle unntatt 2cd, 100...",
    "krever_takst": "",
    "krever_diagnose": "Ja",
    "maks_repetisjoner": 0,
    "beskrivelse": "E-konsultasjon",
}
XML = """<?xml version="1.0"?><takstkoder><takstkode><takst_id>1</takst_id><takstkode>2ae</takstkode>
<fagomraade>LE</fagomraade><fradato>2026-07-01</fradato><tildato>2100-12-31</tildato><honorar>175.1</honorar>
<refusjon>15</refusjon><egenandel>160.00</egenandel><ugyldig_kombinasjon>Alle unntatt 2cd, 100...</ugyldig_kombinasjon>
<krever_diagnose>Ja</krever_diagnose><maks_repetisjoner>0</maks_repetisjoner><beskrivelse>E-konsultasjon</beskrivelse>
</takstkode></takstkoder>"""
CSV = (
    "takstkode;fagomraade;fradato;tildato;honorar;refusjon;egenandel;"
    "ugyldig_kombinasjon;krever_diagnose;maks_repetisjoner;beskrivelse\n"
    "2ae;LE;2026-07-01;2100-12-31;175,10;15;160;Alle unntatt 2cd, 100...;Ja;0;E-konsultasjon\n"
)


@pytest.mark.parametrize("raw", [json.dumps([RECORD]), json.dumps({"takstkoder": [RECORD]}), XML, CSV])
def test_json_xml_and_csv_say_the_same(raw):
    found = read(raw.encode(), source="register", on=TODAY)
    assert found.faults == ()
    (row,) = found.rows
    assert (row.field, row.code, row.valid_from, row.valid_to) == ("LE", "2ae", date(2026, 7, 1), None)
    assert (row.fee_ore, row.reimbursement_ore, row.copay_ore, row.own_ore) == (17510, 1500, 16000, 0)
    assert row.combination == Combination("only", ("2cd", "100%"))
    assert row.needs_diagnosis
    assert row.most_repeats == 0
    assert (row.source, row.source_on) == ("register", TODAY)


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"\xff\xfe", "not_utf8"),
        (b"[", "not_json"),
        (b"[1]", "not_tariffs"),
        (b"<a>", "not_xml"),
        (b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", "has_dtd"),
        (b"", "no_tariffs"),
    ],
)
def test_a_file_that_is_none_is_refused_with_its_reason(raw, why):
    with pytest.raises(Invalid) as refused:
        read(raw, source="x", on=TODAY)
    assert refused.value.fields == {"file": why}


@pytest.mark.parametrize(
    ("field", "value", "why"),
    [
        ("egenandel", "160.005", "not_an_amount"),
        ("egenandel", "-1", "not_an_amount"),
        ("fradato", "1. juli", "not_a_day"),
        ("fradato", "", "missing"),
        ("tildato", "2020-01-01", "ends_before_it_begins"),
        ("takstkode", " ", "missing"),
        ("repetisjonsprosent", "150", "not_a_percent"),
    ],
)
def test_a_row_that_cannot_be_read_is_named_and_no_other_is_lost(field, value, why):
    rows = [{**RECORD, field: value}, {**RECORD, "takstkode": "2ad"}]
    found = read(json.dumps(rows).encode(), source="x", on=TODAY)
    assert [(one.number, one.field, one.why) for one in found.faults] == [(1, field, why)]
    assert [row.code for row in found.rows] == ["2ad"]


@given(st.integers(0, 1_000_000))
def test_an_amount_is_the_same_after_it_was_written_and_read(ore):
    assert read_ore(kroner(ore)) == ore
    assert read_ore(kroner(ore).replace(".", ",")) == ore


@pytest.mark.parametrize(
    ("words", "combination"),
    [
        ("", Combination()),
        ("Alle", Combination("only", ())),
        ("2ad, 2ak", Combination("not", ("2ad", "2ak"))),
        ("Alle unntatt: 7 og 612a", Combination("only", ("7", "612a"))),
    ],
)
def test_the_words_about_combinations_are_understood(words, combination):
    assert combination_of(words) == combination


def test_an_open_row_ends_the_day_before_the_next_one_begins():
    what = plan([a_row()], [a_row(valid_from=date(2026, 7, 1), copay_ore=17000)])
    assert [row.valid_from for row in what.added] == [date(2026, 7, 1)]
    assert [(one.after.valid_from, one.after.valid_to) for one in what.ended] == [
        (JANUARY, date(2026, 6, 30))
    ]
    assert (what.holes, what.overlaps) == ((), ())


def test_the_same_file_twice_changes_nothing():
    assert plan([a_row()], [a_row(source="y", source_on=None)]).is_empty
    assert plan([a_row()], [a_row(copay_ore=1)]).changed[0].fields == ("copay_ore",)


def test_days_without_a_rate_and_days_with_two_are_found():
    first = a_row(valid_to=date(2026, 3, 31))
    hole = plan([first], [a_row(valid_from=date(2026, 5, 1))]).holes
    assert [(one.first, one.last) for one in hole] == [(date(2026, 4, 1), date(2026, 4, 30))]
    (double,) = plan([first], [a_row(valid_from=date(2026, 3, 1))]).overlaps
    assert (double.first, double.last) == (date(2026, 3, 1), date(2026, 3, 31))
    twice = plan([], [a_row(), a_row(copay_ore=1)]).overlaps
    assert [one.code for one in twice] == ["2ae"]


@given(
    st.lists(
        st.tuples(st.integers(0, 60), st.one_of(st.none(), st.integers(0, 60))),
        min_size=1,
        max_size=6,
        unique_by=lambda one: one[0],
    )
)
def test_every_day_is_told_rightly(spans):
    rows = [
        a_row(
            valid_from=JANUARY + timedelta(days=start),
            valid_to=None if length is None else JANUARY + timedelta(days=start + length),
        )
        for start, length in spans
    ]
    holes, overlaps = examine(rows)
    for number in range(130):
        day = JANUARY + timedelta(days=number)
        count = sum(row.holds_on(day) for row in rows)
        is_between = any(row.valid_from < day for row in rows) and any(row.valid_from > day for row in rows)
        assert any(one.first <= day <= one.last for one in holes) == (count == 0 and is_between)
        if count > 1:
            assert any(one.first <= day and (one.last is None or day <= one.last) for one in overlaps)
    assert bool(overlaps) == any(
        sum(row.holds_on(JANUARY + timedelta(days=number)) for row in rows) > 1 for number in range(130)
    )


@pytest.mark.django_db
def test_tariffs_are_taken_in_whole_and_written_down():
    row = a_row(
        combination=Combination("only", ("7",)), needs_codes=("2ad",), forms=("video",), use="consultation"
    )
    services.take_in([row], actor=SYSTEM, now=NOW)
    assert queries.all_tariffs() == [row]
    assert queries.rates_of("LE", TODAY) == {"2ae": row}
    assert queries.rates_of("PS", TODAY) == {}
    entry = Entry.objects.get(act="tariffs.taken_in")
    assert json.loads(entry.details) == {"added": 1, "changed": 0, "ended": 0}
    services.take_in([row], actor=SYSTEM, now=NOW)
    assert Entry.objects.filter(act="tariffs.taken_in").count() == 1


@pytest.mark.django_db
def test_nothing_is_taken_in_while_two_rates_would_hold_on_one_day():
    services.take_in([a_row(valid_to=date(2026, 6, 30))], actor=SYSTEM, now=NOW)
    with pytest.raises(TariffsOverlap):
        services.take_in([a_row("2ad"), a_row(valid_from=date(2026, 6, 1))], actor=SYSTEM, now=NOW)
    assert Tariff.objects.count() == 1


@pytest.mark.django_db
def test_every_row_of_the_sample_has_its_source_and_is_told_to_be_old():
    found = read(sample("tariffs").encode(), source="", on=TODAY)
    assert found.faults == ()
    assert len(found.rows) == 8
    assert all(row.source.startswith("https://") and row.source_on for row in found.rows)
    assert all(queries.is_old(row, TODAY) for row in found.rows)
    assert not queries.is_old(replace(found.rows[0], source_on=TODAY), TODAY)
    assert examine(found.rows) == ([], [])
    services.take_in(found.rows, actor=SYSTEM, now=NOW)
    assert queries.rates_of("LE", TODAY)["2aek"].copay_ore == 28000


@pytest.mark.django_db
def test_the_ceiling_of_the_year_is_known_with_its_source():
    rows = read_ceilings(sample("ceilings"))
    assert services.take_in_ceilings(rows, actor=SYSTEM, now=NOW) == len(rows)
    assert services.take_in_ceilings(rows, actor=SYSTEM, now=NOW) == 0
    held = queries.ceiling_on(TODAY)
    assert (held.year, held.amount_ore) == (2026, 327800)
    # The year before is in no source that was read: the page says of which year it tells.
    assert queries.ceiling_on(date(2025, 5, 1)).year == 2024
    assert queries.ceiling_on(date(2019, 5, 1)) is None


@pytest.mark.django_db
def test_diagnoses_are_searched_by_code_and_words_among_those_of_the_day():
    rows = read_codes(sample("diagnoses"), source="sample", on=TODAY)
    assert decisions.take_in_codes(rows, actor=SYSTEM, now=NOW) == len(rows)
    assert decisions.take_in_codes(rows, actor=SYSTEM, now=NOW) == 0
    assert [one.code for one in queries.find_diagnoses("icpc2", "r05", TODAY)] == ["R05"]
    assert [one.code for one in queries.find_diagnoses("icpc2", "luftvei øvre", TODAY)] == ["R74"]
    assert queries.find_diagnoses("icpc2", "R05", date(2019, 1, 1)) == []
    DiagnosisCode.objects.filter(code="R05").update(valid_to=date(2026, 1, 1))
    assert queries.diagnosis_on("icpc2", "R05", TODAY) is None
    assert queries.diagnosis_on("icpc2", "r05", JANUARY).text == "Hoste"
