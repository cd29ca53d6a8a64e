"""What staff type to sign in: the fields of the sign-in pages, and what is wrong with them in words."""

from typing import Any

from allauth.account.adapter import get_adapter as accounts
from allauth.account.forms import ChangePasswordForm as BaseChangePasswordForm
from allauth.account.forms import LoginForm
from allauth.account.forms import ReauthenticateForm as PasswordAgainForm
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm
from django import forms
from django.utils.translation import gettext_lazy as _

from blikk.web.forms import WORDS, StaffForm
from blikk.web.sign_in import use_up

UNLIKE = _("De to passordene er ikke like. Skriv det nye passordet en gang til.")
PASSWORD_HELP = _("Minst 12 tegn. Gjerne flere ord som ikke hører sammen.")


def _say(field: forms.Field, label: Any, help_text: Any = "", **attrs: str) -> None:
    field.label = label
    field.help_text = help_text
    field.error_messages["required"] = str(WORDS["missing"])
    field.widget.attrs.pop("placeholder", None)
    field.widget.attrs.update(attrs)


class SignInForm(StaffForm, LoginForm):
    """E-mail address and password."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        _say(
            self.fields["login"],
            _("E-post"),
            autocomplete="username",
            autocapitalize="none",
            spellcheck="false",
        )
        self.fields["login"].error_messages["invalid"] = str(WORDS["not_an_email"])
        _say(self.fields["password"], _("Passord"), autocomplete="current-password")


class AgainForm(StaffForm, PasswordAgainForm):
    """The password once more, before something that matters."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        _say(self.fields["password"], _("Passord"), autocomplete="current-password")


class _OnceOnly(AuthenticateForm):
    """A code from the app or a recovery code. Each works once, for as long as it could be right at all."""

    def clean_code(self) -> str:
        code: str = super().clean_code()
        if not use_up(self.authenticator, code):
            raise get_adapter().validation_error("incorrect_code")
        return code


class CodeForm(StaffForm, _OnceOnly):
    """The second factor at sign-in."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        _say(self.fields["code"], _("Kode"), _("Seks sifre fra appen, eller en gjenopprettingskode."))
        self.fields["code"].widget.attrs.update(inputmode="numeric", autocomplete="one-time-code")


class CodeAgainForm(CodeForm, ReauthenticateForm):
    """The second factor once more, before something that matters."""

    save = ReauthenticateForm.save


class ActivateAppForm(StaffForm, ActivateTOTPForm):
    """The first code from a new app, which proves that it is set up."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        _say(
            self.fields["code"], _("Koden som appen viser"), autocomplete="one-time-code", inputmode="numeric"
        )


class AddPasskeyForm(StaffForm, AddWebAuthnForm):
    """A name for a new passkey; the browser does the rest."""

    passwordless = forms.BooleanField(required=False, initial=True, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        _say(
            self.fields["name"], _("Navn på passnøkkelen"), _("For eksempel «Jobbmaskinen». Bare du ser det.")
        )


class ChangePasswordForm(StaffForm, BaseChangePasswordForm):
    """The old password and a new one."""

    field_order = ("oldpassword", "password1", "password2")

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        _say(self.fields["oldpassword"], _("Passordet du har nå"), autocomplete="current-password")
        _say(self.fields["password1"], _("Nytt passord"), PASSWORD_HELP, autocomplete="new-password")
        _say(self.fields["password2"], _("Nytt passord en gang til"), autocomplete="new-password")

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if self.data.get("password2") and "password2" in self.errors:
            self.errors["password2"] = self.error_class([str(UNLIKE)])
        return cleaned


class EmailForm(StaffForm):
    """The address that a link for a new password is sent to."""

    email = forms.EmailField(
        label=_("E-post"),
        error_messages={"required": WORDS["missing"], "invalid": WORDS["not_an_email"]},
        widget=forms.EmailInput(attrs={"autocomplete": "username", "autocapitalize": "none"}),
    )


class ChoosePasswordForm(StaffForm):
    """A first or new password, by the key from the link."""

    key = forms.CharField(widget=forms.HiddenInput, required=False, max_length=120)
    password = forms.CharField(
        label=_("Nytt passord"),
        help_text=PASSWORD_HELP,
        max_length=200,
        strip=False,
        error_messages={"required": WORDS["missing"]},
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean_password(self) -> str:
        cleaned: str = accounts().clean_password(self.cleaned_data["password"])
        return cleaned
