"""The step where a phone that was typed on a public page is proven by a code."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.http import HttpRequest
from django.utils.translation import get_language

from blikk.invitations import proofs
from blikk.journeys.self_booking import ask_phone_code
from blikk.kernel.errors import Invalid, Refused
from blikk.kernel.ids import new_secret
from blikk.kernel.limits import may_try
from blikk.web.access import address_of
from blikk.web.patient import device_secret
from blikk.web.public_forms import CodeForm, PersonForm

if TYPE_CHECKING:
    from blikk.clinics.models import Clinic

CODES_PER_ADDRESS, ANSWERS_PER_ADDRESS, WINDOW = 30, 120, 10 * 60
CODES_IN_ALL = 2000


class PhoneStep:
    """One request's part in proving a phone, for this browser and this purpose."""

    def __init__(self, request: HttpRequest, clinic: "Clinic", purpose: str, *, now: datetime) -> None:
        self.request, self.clinic, self.purpose, self.now = request, clinic, purpose, now
        self.is_known = bool(device_secret(request))
        self.secret = device_secret(request) or new_secret()
        self.form = CodeForm()
        self.is_sent_again = False

    def is_proven(self, phone: str) -> bool:
        """Whether the code has been given already, and the place was not."""
        return proofs.is_proven(
            self.clinic, phone=phone, browser=self.secret, purpose=self.purpose, now=self.now
        )

    def ask(self, phone: str, form: PersonForm | CodeForm) -> bool:
        """Send a code, unless one is on its way; what stands in the way is said in `form`."""
        where = address_of(self.request)
        within = may_try("phone-code", where, times=CODES_PER_ADDRESS, seconds=WINDOW, now=self.now)
        if not (within and may_try("phone-code", "all", times=CODES_IN_ALL, seconds=WINDOW, now=self.now)):
            form.refuse(None, "too_many")
            return False
        try:
            ask_phone_code(
                self.clinic,
                phone=phone,
                browser=self.secret,
                purpose=self.purpose,
                language=get_language() or self.clinic.language,
                now=self.now,
            )
        except Invalid as fault:
            form.refuse("phone", fault.fields["phone"])
        except Refused as fault:
            form.refuse("phone" if "phone" in form.fields else "code", fault.code)
        return form.is_valid()

    def answer(self, phone: str) -> bool:
        """Take the code that was typed, or send another one where that was asked for."""
        if "again" in self.request.POST:
            self.is_sent_again = self.ask(phone, self.form_for(None))
            return False
        form = self.form_for(self.request)
        if self.is_known and self.is_proven(phone):
            return True
        if not form.is_valid():
            return False
        if not self.is_known:
            form.refuse("code", "no_cookies")
            return False
        where = address_of(self.request)
        if not may_try("phone-answer", where, times=ANSWERS_PER_ADDRESS, seconds=WINDOW, now=self.now):
            form.refuse("code", "too_many")
            return False
        return self._is_right(phone, form)

    def form_for(self, request: HttpRequest | None) -> CodeForm:
        """The form of this step, with what was typed where something was."""
        self.form = CodeForm(request.POST if request is not None else {})
        if request is None:
            self.form.full_clean()
            self.form.forgive()
        return self.form

    def _is_right(self, phone: str, form: CodeForm) -> bool:
        try:
            right = proofs.answer_proof(
                self.clinic,
                phone=phone,
                browser=self.secret,
                purpose=self.purpose,
                digits=form.cleaned_data["code"],
                now=self.now,
            )
        except Refused as fault:
            form.refuse("code", fault.code)
            return False
        if not right:
            form.refuse("code", "wrong_code")
        return right
