"""Addresses of sign-in and accounts. Only what is listed here exists: allauth's own list is not used."""

from allauth.account import views as account
from allauth.mfa.base import views as factor
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from django.urls import URLPattern, URLResolver, path
from django.views.decorators.http import require_http_methods, require_safe

from blikk.web import (
    accounts,
    calendars,
    cards,
    helse_id,
    journal_system,
    launch,
    own_alerts,
    video_solution,
)

# Django's form views take a PUT for a POST; nothing of ours sends one.
form = require_http_methods(["GET", "HEAD", "POST"])

urlpatterns: list[URLPattern | URLResolver] = [
    path("inn/", form(accounts.SignIn.as_view()), name="account_login"),
    path("inn/passnokkel", form(webauthn.login_webauthn), name="mfa_login_webauthn"),
    path("inn/bekreft", form(factor.authenticate), name="mfa_authenticate"),
    path("inn/stengt", require_safe(account.account_inactive), name="account_inactive"),
    path("inn/helseid", helse_id.sign_in, name="helse_id_sign_in"),
    path("inn/helseid/tilbake", helse_id.back, name="helse_id_back"),
    path("konto/helseid", helse_id.connect, name="helse_id_connect"),
    path("konto/helseid/fra", helse_id.disconnect, name="helse_id_disconnect"),
    # The addresses that a journal system is told: where it starts Blikk, and where it sends people back to.
    path("journal/start", launch.start, name="launch"),
    path("journal/tilbake", launch.back, name="launch_back"),
    path("journal/start/<str:launch>", launch.go, name="launch_go"),
    path("journal/start/<str:launch>/bruker", launch.bind, name="launch_bind"),
    path("journal/start/<str:launch>/pasient", launch.decide, name="launch_decide"),
    path("konto/journal/fra", launch.unbind, name="launch_unbind"),
    path("konto/ut", accounts.sign_out, name="account_logout"),
    path("konto/igjen", form(account.reauthenticate), name="account_reauthenticate"),
    path("konto/igjen/kode", form(factor.reauthenticate), name="mfa_reauthenticate"),
    path(
        "konto/igjen/passnokkel", form(webauthn.reauthenticate_webauthn), name="mfa_reauthenticate_webauthn"
    ),
    path("konto/passord", form(account.password_change), name="account_change_password"),
    path("konto/passord/glemt", accounts.ask_for_password, name="account_reset_password"),
    path("konto/passord/velg", accounts.choose_password, name="choose_password"),
    path("konto/bekreftelse", accounts.second_factor, name="mfa_index"),
    path("konto/bekreftelse/app", form(accounts.ActivateApp.as_view()), name="mfa_activate_totp"),
    path("konto/bekreftelse/app/fjern", form(totp.deactivate_totp), name="mfa_deactivate_totp"),
    path("konto/bekreftelse/passnokkel", form(accounts.AddPasskey.as_view()), name="mfa_add_webauthn"),
    path("konto/bekreftelse/passnokkel/<str:key>/fjern", accounts.remove_passkey, name="remove_passkey"),
    path("konto/bekreftelse/koder", accounts.recovery_codes, name="mfa_view_recovery_codes"),
    path(
        "konto/bekreftelse/koder/nye", form(codes.generate_recovery_codes), name="mfa_generate_recovery_codes"
    ),
    path("konto/kalender", calendars.calendar, name="calendar"),
    path("konto/kalender/ny", calendars.feed_open, name="calendar_feed_open"),
    path("konto/kalender/steng", calendars.feed_close, name="calendar_feed_close"),
    path("journal/<str:connection_id>/jwks.json", journal_system.journal_keys, name="journal_keys"),
    path("kalender/<str:secret>.ics", calendars.feed, name="calendar_feed"),
    path("konto/kort", cards.own_card, name="own_card"),
    path("konto/varsler", own_alerts.own_alerts, name="own_alerts"),
    path("konto/varsler/mobil", own_alerts.own_phone_code, name="own_phone_code"),
    path("konto/varsler/mobil/fjern", own_alerts.own_phone_remove, name="own_phone_remove"),
    path("konto/video", video_solution.own_video, name="own_video"),
    path("hjem/", accounts.home, name="staff_home"),
    path("velg-klinikk/", accounts.choose_clinic, name="choose_clinic"),
]
