"""The claim in the older form in XML, BehandlerKravMelding in a MsgHead, written from the same bills as KUHR's. Pure.

No official schema could be had: those of KITH report R18/06 (version 1.2, 2006) and of MsgHead 1.2 lie where they are
not published. `data/bkm.xsd` and `data/msghead.xsd` are derived from what could be read: the names of the fields beside
those of the JSON form (github.com/navikt/kuhr-krav-api-dokumentasjon, behandlerkravmelding_json.md: «Felt i BKM XML»),
and a whole message in a public test of a program that reads such messages (XmlUtilsTest.java: BehandlerKrav of
2006-12-20 in a MsgHead of 2006-05-24). In no source, and so to be tried in the test environment first: where
Kreditering, KodeEgenandel and Behandlerident stand among the others, and the message type for others than doctors.

It is a file to take along. Over Helsenettet it travels signed, in an ebXML envelope, which is the work of a message
service with the organisation's certificate and is not done here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree as ET

HEAD, BODY = "http://www.kith.no/xmlstds/msghead/2006-05-24", "http://www.kith.no/xmlstds/bkm/2006-12-20"
PEOPLE, ORGANISATIONS = "2.16.578.1.12.4.1.1.8116", "2.16.578.1.12.4.1.1.9051"
RECEIVER, RECEIVER_NAME = "889640782", "NAV"
_KINDS = {
    "FNR": "Fødselsnummer",
    "DNR": "D-nummer",
    "HNR": "H-nummer",
    "HPR": "HPR-nummer",
    "UID": "Utenlandsk identifikasjon",
    "PNR": "Passnummer",
    "DUF": "DUF-nummer",
    "ENH": "Organisasjonsnummeret i Enhetsregister",
}
_TYPES = {"LE": ("LOM", "Legeoppgjørsmelding")}

ET.register_namespace("", HEAD)
ET.register_namespace("bkm", BODY)


@dataclass(frozen=True, slots=True)
class Sender:
    """Whose claims they are."""

    organisation: str
    name: str
    field: str


def message(
    sender: Sender, bills: Sequence[Mapping[str, Any]], *, message_id: str, made: str, sum_ore: int
) -> str:
    """The whole message. `made` is the clinic's wall clock."""
    whole = ET.Element(_h("MsgHead"))
    info = _add(whole, _h("MsgInfo"))
    kind, words = _TYPES.get(sender.field, ("BKM", "Behandlerkravmelding"))
    _add(info, _h("Type"), V=kind, DN=words)
    _add(info, _h("MIGversion"), "v1.2 2006-05-24")
    _add(info, _h("GenDate"), made)
    _add(info, _h("MsgId"), message_id)
    _add(info, _h("Ack"), V="J", DN="Ja")
    _organisation(_add(info, _h("Sender")), sender.name, sender.organisation)
    _organisation(_add(info, _h("Receiver")), RECEIVER_NAME, RECEIVER)
    document = _add(_add(whole, _h("Document")), _h("RefDoc"))
    _add(document, _h("MsgType"), V="XML")
    _add(document, _h("MimeType"), "text/xml")
    _add(document, _h("Description"), "BehandlerKrav")
    claim = _add(_add(document, _h("Content")), _b("BehandlerKrav"), navnEPJ="Blikk", versjonEPJ="1.0")
    for one in bills:
        _bill(_add(claim, _b("Enkeltregning")), one)
    sums = _add(claim, _b("Krav"))
    _add(sums, _b("AntallRegninger"), str(len(bills)))
    _amount(sums, "SumKravSamlet", sum_ore)
    ET.indent(whole)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(whole, encoding="unicode") + "\n"


def _bill(into: ET.Element, one: Mapping[str, Any]) -> None:
    _add(into, _b("Guid"), one["guid"])
    _add(
        into,
        _b("BetaltEgenandel"),
        erBetalt=_bool(one["betaltEgenandel"]),
        korrigering=_bool(one["korrigeringBetaltEgenandel"]),
    )
    _add(into, _b("RegningNr"), one["regningsnummer"])
    _add(into, _b("DatoTid"), one["tidspunkt"])
    if one["kreditering"]:
        _add(into, _b("Kreditering"), "true")
    if "merknad" in one:
        _add(into, _b("Merknad"), one["merknad"])
    if "pasient" not in one:
        # It is known by its name; who and what it is about was said the first time.
        return
    _ident(_add(into, _b("Patient")), one["pasient"]["identifikasjon"])
    treatment = _add(into, _b("Behandling"))
    for each in one["diagnoser"]:
        _add(treatment, _b("Diagnose"), S=each["kodeverk"], V=each["kode"])
    if "arsakFriEgenandel" in one:
        _add(treatment, _b("KodeEgenandel"), V=one["arsakFriEgenandel"])
    _ident(_add(treatment, _b("Behandlerident")), one["utforendeBehandler"], is_whole=True)
    for each in one["takster"]:
        tariff = _add(treatment, _b("Takst"))
        _amount(tariff, "Verdi", _ore(each["belop"]))
        _add(tariff, _b("Kode"), each["kode"])
        _add(tariff, _b("Antall"), str(each["antall"]))
    _amount(_add(treatment, _b("SumKrav")), "Refusjon", _ore(one["belop"]))


def _organisation(into: ET.Element, name: str, number: str) -> None:
    it = _add(into, _h("Organisation"))
    _add(it, _h("OrganisationName"), name)
    ident = _add(it, _h("Ident"))
    _add(ident, _h("Id"), number)
    _add(ident, _h("TypeId"), V="ENH", S=ORGANISATIONS, DN=_KINDS["ENH"])


def _ident(into: ET.Element, said: Mapping[str, str], *, is_whole: bool = False) -> None:
    ident = into if is_whole else _add(into, _b("Ident"))
    _add(ident, _b("Id"), said["id"])
    _add(ident, _b("TypeId"), V=said["type"], S=PEOPLE, DN=_KINDS[said["type"]])


def _amount(into: ET.Element, name: str, ore: int) -> None:
    sign = "-" if ore < 0 else ""
    _add(into, _b(name), V=f"{sign}{abs(ore) // 100}.{abs(ore) % 100:02}", U="NOK")


def _ore(kroner: float) -> int:
    """The nearest whole øre is the one that was written."""
    return round(kroner * 100)


def _bool(said: object) -> str:
    return "true" if said else "false"


def _add(into: ET.Element, tag: str, text: str | None = None, **attributes: str) -> ET.Element:
    made = ET.SubElement(into, tag, attributes)
    made.text = text
    return made


def _h(name: str) -> str:
    return f"{{{HEAD}}}{name}"


def _b(name: str) -> str:
    return f"{{{BODY}}}{name}"
