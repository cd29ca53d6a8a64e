"""What staff say about an hour that nobody came to."""

from django import forms
from django.utils.translation import gettext_lazy as _

from blikk.web.forms import REQUIRED, StaffForm

REASONS = (
    ("told_in_time", _("Ga beskjed i tide")),
    ("ill", _("Ble akutt syk")),
    ("mental_health", _("Behandleren mener at gebyr ikke er riktig nå")),
    ("child", _("Er et barn")),
    ("our_fault", _("Noe gikk galt hos oss")),
    ("technique", _("Teknikken virket ikke")),
    ("other", _("Noe annet")),
)


class MissedForm(StaffForm):
    """That the patient did not come, with the bill that was shown or the reason why there is none."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    fee = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)
    reason = forms.ChoiceField(
        label=_("Hvorfor ikke regning"),
        choices=REASONS,
        widget=forms.RadioSelect,
        required=False,
        error_messages=REQUIRED,
    )
    words = forms.CharField(
        label=_("Med egne ord"),
        help_text=_("Må fylles ut for «Noe annet». Skriv ikke om helse."),
        max_length=200,
        required=False,
        error_messages=REQUIRED,
    )
