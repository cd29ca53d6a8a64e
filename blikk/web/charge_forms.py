"""What a clinician types about the money of a consultation."""

import re
from dataclasses import replace
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from blikk.journeys.charging import LONGEST_REASON, Reckoned, Wanted
from blikk.payments.combinations import Pick
from blikk.web.forms import REQUIRED, StaffForm
from blikk.web.presenters.exemptions import exemption_words

_PICK = re.compile(r"(?P<code>[0-9A-Za-zÆØÅæøå.]{1,20})(?:[*×](?P<times>[0-9]{1,2}))?$")


def _line(label: Any, help_text: Any = "", **attributes: str) -> forms.CharField:
    widget = forms.TextInput(attrs={"autocomplete": "off", **attributes})
    return forms.CharField(
        label=label,
        help_text=help_text,
        required=False,
        max_length=300,
        widget=widget,
        error_messages=REQUIRED,
    )


class ChargeForm(StaffForm):
    """The charge as it stands on the close-out page. What is left alone is what Blikk proposes."""

    names = {"national_number": "number"}
    kind = forms.ChoiceField(label=_("Hva skal kreves inn?"), required=False, widget=forms.RadioSelect)
    codes = _line(_("Takster"), _("Skill med mellomrom. Flere ganger: 2cd*2"))
    price = forms.ChoiceField(label=_("Pris"), required=False)
    exemption = forms.ChoiceField(label=_("Fritak for egenandel"), required=False)
    reason = _line(_("Hvorfor?"), _("Trengs når du velger noe annet enn det Blikk ser."))
    diagnosis = _line(_("Diagnose"), _("Kode eller ord, for eksempel R05 eller hoste."))
    number = _line(_("Fødselsnummer"), _("Uten det kan kravet til staten ikke sendes."), inputmode="numeric")
    seen = forms.CharField(required=False, max_length=60, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, prefix="charge", **more)
        self._wanted: Wanted | None = None
        # What can be chosen depends on the reckoning, which reads this form: it refuses what it does not know.
        for name in ("kind", "exemption", "price"):
            sent = str(self.data.get(self.add_prefix(name), ""))
            self._offer(name, [(sent, sent)] if sent else [])

    def _offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    def clean_codes(self) -> str:
        """Every word is a code, with how many times."""
        typed: str = self.cleaned_data["codes"]
        for word in typed.replace(",", " ").split():
            if not _PICK.match(word):
                raise forms.ValidationError(gettext("«%(word)s» er ingen takst.") % {"word": word[:30]})
        return typed

    def wanted(self) -> Wanted:
        """What was chosen; as Blikk proposes where nothing was sent. The same also after something was refused."""
        if not self.is_bound:
            return Wanted()
        if self._wanted is None:
            self._wanted = self._read()
        return self._wanted

    def _read(self) -> Wanted:
        def sent(name: str) -> str:
            return str(self.data.get(self.add_prefix(name), ""))[:300].strip()

        chosen = str(self.data.get("choose-diagnosis", ""))[:20]
        return Wanted(
            kind=sent("kind") or None,
            picks=picks_in(sent("codes")) if self.add_prefix("codes") in self.data else None,
            exemption=sent("exemption") if self.add_prefix("exemption") in self.data else None,
            reason=sent("reason")[:LONGEST_REASON],
            diagnosis=chosen or sent("diagnosis"),
            price=sent("price"),
            number=sent("number"),
        )

    def take_proposed_exemption(self) -> None:
        """Choose what Blikk sees instead of none."""
        if self.wanted().exemption == "":
            self._wanted = replace(self.wanted(), exemption=None)

    def show(self, charge: Reckoned, kinds: list[tuple[str, str]]) -> None:
        """Offer what can be chosen, and fill in what is left alone."""
        self._offer("kind", kinds)
        exempt = [(code, exemption_words(code)) for code in charge.allowed]
        self._offer("exemption", [("", gettext("Ikke fritatt")), *exempt])
        prices = [(one.public_id, one.name) for one in charge.prices]
        self._offer("price", [("", gettext("Velg en pris")), *prices])
        values = {
            "kind": charge.kind,
            "codes": words_of(charge.picks),
            "exemption": charge.exemption,
            "seen": charge.seen,
        }
        if charge.diagnoses:
            values["diagnosis"] = ", ".join(one.code for one in charge.diagnoses)
        if not self.is_bound:
            self.initial = values
            return
        # The page shows the sum of what was typed, so that is what is accepted next.
        data = dict(self.data.items())
        values = {name: values[name] for name in ("kind", "exemption", "seen", "diagnosis") if name in values}
        for name, value in values.items():
            data[self.add_prefix(name)] = value
        self.data = data


def picks_in(typed: str) -> tuple[Pick, ...]:
    """Read codes: "2ae 2cd*2"."""
    found = (_PICK.match(word) for word in typed.replace(",", " ").split())
    return tuple(Pick(one["code"], int(one["times"] or 1)) for one in found if one)


def words_of(picks: tuple[Pick, ...]) -> str:
    """Write codes the way they are typed."""
    return " ".join(pick.code if pick.times == 1 else f"{pick.code}*{pick.times}" for pick in picks)
