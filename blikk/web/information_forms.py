"""What a clinic adds to the information for patients."""

from django import forms
from django.utils.translation import gettext_lazy as _

from blikk.clinics.information import LONGEST
from blikk.web.forms import REQUIRED, StaffForm


class OwnInformationForm(StaffForm):
    """The clinic's own lines."""

    words = forms.CharField(
        label=_("Fra klinikken"),
        required=False,
        max_length=LONGEST,
        help_text=_(
            "For eksempel hvem som er personvernombud, og hvordan pasienten når dem. En linje blir et avsnitt."
        ),
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages=REQUIRED,
    )
