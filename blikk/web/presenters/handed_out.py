"""Everything that is kept of a patient in one file: a page for people, the same for machines, and the photos."""

import io
import json
import zipfile
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.template.loader import render_to_string
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.formats import date_format
from django.utils.translation import gettext, override

from blikk.kernel.times import local
from blikk.web.presenters.handed_out_words import COLUMNS, TABLES, VALUES

if TYPE_CHECKING:
    from blikk.clinics.models import Clinic
    from blikk.journeys.keeping.told import Kept

Rows = Mapping[str, list[dict[str, Any]]]


def packed(kept: "Kept", clinic: "Clinic", *, now: datetime) -> bytes:
    """The file as it is handed out; the page is in the patient's language."""
    said = {
        "clinic": clinic.name,
        "made_at": now.isoformat(),
        "patient": kept.own,
        "companions": kept.companions,
    }
    with override(kept.patient.language):
        page = render_to_string("administrator/handed_out.html", _page(kept, clinic, now))
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as pack:
        pack.writestr("opplysninger.html", page)
        pack.writestr("opplysninger.json", json.dumps(said, ensure_ascii=False, indent=2))
        for name, picture in kept.photos.items():
            pack.writestr(f"bilder/{name}", picture)
    return file.getvalue()


def _page(kept: "Kept", clinic: "Clinic", now: datetime) -> dict[str, Any]:
    return {
        "clinic": clinic,
        "patient": kept.patient,
        "now": local(now, clinic.zone),
        "own": _sections(kept.own, clinic.zone),
        "companions": _sections(kept.companions, clinic.zone),
        "photos": sorted(kept.photos),
    }


def _sections(rows: Rows, zone: str) -> list[dict[str, Any]]:
    return [
        {"title": str(TABLES[label]), "rows": [_lines(row, zone) for row in rows[label]]}
        for label in TABLES
        if rows.get(label)
    ]


def _lines(row: Mapping[str, Any], zone: str) -> list[tuple[str, str]]:
    """What a row says that people can use; the rest is in the other file."""
    return [(str(COLUMNS[name]), _words(row[name], zone)) for name in COLUMNS if name in row]


def _words(value: Any, zone: str) -> str:
    if isinstance(value, bool):
        return gettext("Ja") if value else gettext("Nei")
    text = str(value)
    if len(text) >= 16 and (moment := _moment(text)):
        return date_format(local(moment, zone), "j. F Y H:i")
    if len(text) == 10 and (day := _day(text)):
        return date_format(day, "j. F Y")
    return str(VALUES.get(text, text))


def _moment(text: str) -> datetime | None:
    try:
        found = parse_datetime(text)
    except ValueError:
        return None
    return found if found is not None and found.tzinfo else None


def _day(text: str) -> Any:
    try:
        return parse_date(text)
    except ValueError:
        return None
