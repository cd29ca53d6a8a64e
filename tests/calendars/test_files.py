from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as some

from blikk.calendars.files import Entry, plain, uid_of, write
from blikk.kernel.times import local, wall_time
from tests.calendars.reading import CLOSED_OF_FILE, both, first_reader, lines_of

AT = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
HOSTILE = [
    "Kari\r\nATTENDEE:mailto:kari@example.no",
    "a\nEND:VEVENT\nBEGIN:VEVENT\nSUMMARY:b",
    "\rBEGIN:VALARM\rACTION:AUDIO",
    "komma, semikolon; kolon: og \\ strek \\n",
    '";X=1:y',
    "\u202eekrys\u202c\u200b\u2067",
    "\x00\x07\x1b[31m",
    "linje\u2028skille\u2029og\x85mer",
    "æøå" * 90,
    "👩‍⚕️" * 40,
    "\ud800",
    " mellomrom ",
]
WORDS = some.one_of(
    some.sampled_from(HOSTILE), some.text(max_size=200), some.text("\r\n,;:\\\"' æ\u202e", max_size=80)
)
TIMES = some.datetimes(datetime(2020, 1, 1), datetime(2090, 1, 1), timezones=some.just(UTC))


def an_entry(**more: object) -> Entry:
    values = {"uid": uid_of("time", "person"), "sequence": 0, "stamp": AT, "starts_at": AT}
    return Entry(**{**values, "ends_at": AT + timedelta(minutes=20), "summary": "Avtale", **more})


HOSTILE_ENTRIES = some.tuples(
    WORDS,
    WORDS,
    TIMES,
    some.integers(0, 10**6),
    some.booleans(),
    some.sampled_from(["PUBLISH", "CANCEL", ""]),
)


@settings(deadline=None)
@given(HOSTILE_ENTRIES)
def test_whatever_the_words_are_both_readers_find_the_closed_list_and_no_more(drawn):
    require_closed_list(*drawn)


def require_closed_list(summary, description, at, sequence, reminds, method):
    entry = an_entry(
        summary=summary,
        description=description,
        starts_at=at,
        ends_at=at + timedelta(minutes=15),
        sequence=sequence,
        link="https://video.example.no/m#" + "x" * 43,
        remind_before=timedelta(minutes=15) if reminds else None,
    )
    text = write([entry], method=method)
    (read,) = both(text)
    of_file, _ = first_reader(text)
    assert of_file == CLOSED_OF_FILE - ({"METHOD"} if not method else set())
    assert read.properties["SUMMARY"] == plain(summary)
    assert read.properties["DTSTART"] == at.replace(microsecond=0)
    assert read.properties["SEQUENCE"] == sequence
    assert read.properties["CLASS"] == "PRIVATE"
    if method == "CANCEL":
        assert not {"DESCRIPTION", "URL"} & set(read.properties)
        assert read.alarms == ()
    elif plain(description):
        assert read.properties["DESCRIPTION"] == plain(description)


@settings(deadline=None)
@given(some.lists(WORDS, max_size=4), WORDS)
def test_a_feed_has_as_many_entries_as_it_was_given_whatever_its_name(summaries, name):
    entries = [an_entry(summary=words, uid=uid_of("time", str(n))) for n, words in enumerate(summaries)]
    read = both(write(entries, method="PUBLISH", name=name or "Blikk"))
    assert [each.properties["SUMMARY"] for each in read] == [plain(words) for words in summaries]


def test_an_hour_is_right_on_the_wall_through_both_changes_of_the_clock():
    for day in (datetime(2027, 3, 27), datetime(2027, 3, 28), datetime(2027, 10, 30), datetime(2027, 10, 31)):
        nine = wall_time(day.date(), datetime(2027, 1, 1, 9, 0).time(), "Europe/Oslo")
        (read,) = both(write([an_entry(starts_at=nine, ends_at=nine + timedelta(hours=1))]))
        shown = local(read.properties["DTSTART"], "Europe/Oslo")
        assert (shown.date(), shown.hour, shown.minute) == (day.date(), 9, 0)
    twice = [datetime(2027, 10, 31, hour, 30, tzinfo=UTC) for hour in (0, 1)]
    first, second = (
        both(write([an_entry(starts_at=at, ends_at=at + timedelta(hours=1))]))[0] for at in twice
    )
    assert first.properties["DTSTART"] != second.properties["DTSTART"], "half past two comes twice that night"
    assert {local(at, "Europe/Oslo").hour for at in twice} == {2}


def test_the_same_entry_is_the_same_text_however_often_it_is_written():
    assert write([an_entry()]) == write([an_entry()])
    assert an_entry().content() == an_entry(sequence=7, stamp=AT + timedelta(days=1)).content()
    assert an_entry().content() != an_entry(summary="Noe annet").content()


def test_the_product_says_nothing_about_health():
    assert "PRODID:-//Blikk//Blikk//NO" in lines_of(write([an_entry()]))


def test_an_entry_is_named_by_hour_and_person_alone_and_neither_can_be_read_from_it():
    one = uid_of("hour-1", "person-1")
    assert one == uid_of("hour-1", "person-1")
    assert len({one, uid_of("hour-2", "person-1"), uid_of("hour-1", "person-2")}) == 3
    assert "hour" not in one
    assert "person" not in one
