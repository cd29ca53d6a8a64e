"""What every answer carries, and what no request of another site can do."""

import re

import pytest
import time_machine
from django.conf import settings
from django.core.cache import cache
from django.test import Client
from django.utils.html import escape

from blikk.clinics.models import Clinic
from blikk.web.access import LARGEST_JSON
from tests.builders import NOW, PASSWORD, a_clinic, a_member, a_patient
from tests.people import signed_in
from tests.web.access_table import DOORS, STAFF
from tests.web.walk import ORIGIN, Undone, a_house, address, ask, changed, fingerprints

ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    # With "no-referrer" browsers send our own forms with `Origin: null`; other hosts are told as little by this one.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Robots-Tag": "noindex, nofollow",
}
POLICY = {
    "default-src": "'none'",
    "base-uri": "'none'",
    "object-src": "'none'",
    "frame-ancestors": "'none'",
    "form-action": "'self'",
}
# What everybody may keep for a moment, when they carry no cookie of ours.
KEPT = {"clinic_status", "clinic_badge", "clinic_qr", "self_booking_free"}
NO_FORMS = {"form-action": "'none'"}
NOT_EVEN_FORMS = {"clinic_badge": NO_FORMS, "written_photo": NO_FORMS, "case_photo": NO_FORMS}
# A gateway shows a secret of its own; without it there is no such address.
GATEWAYS = {"sms_report", "sms_text", "vipps_told", "stripe_told"}
# Other systems show a token or sign for themselves; no cookie counts there (tests/api).
GATEWAYS |= {"fhir_token", "fhir_revoke", "fhir_search_post"}
FOREIGN = {"Origin": "https://evil.example"}
# What may stand in the pages of other sites: public facts, and a page that knows no cookie.
EMBEDDED = {"Cross-Origin-Resource-Policy": "cross-origin"}
# The one page that search engines may find.
FOUND = {"X-Robots-Tag": "all"}
# JSON posts compare the Origin exactly and carry no CSRF token.
WRITTEN = {"open", "facts", "draft", "send", "seen", "put_up", "take_away"}
JSON = {
    "patient_open",
    "own_contact_open",
    "pay_open",
    "pay_state",
    "note",
    "note_taken",
    "clinic_relay",
    "rehearsal_relay",
    *(f"written_{name}" for name in WRITTEN),
    "staff_equipment_relay",
    "staff_equipment_found",
    "support_relay",
    "plan_write",
    "practice_follow",
} | {name for name, door in DOORS.items() if name.startswith("patient_") and door.methods == "POST"}

pytestmark = pytest.mark.django_db


@pytest.fixture
def house():
    with time_machine.travel(NOW, tick=False):
        yield a_house("Fjordgløtt legesenter", "Ola")


def policy_of(response):
    parts = (part.strip().partition(" ") for part in response["Content-Security-Policy"].split(";"))
    return {name: value for name, _, value in parts}


def check_headers(response, where):
    kind = DOORS[where[0]].kind if where[0] in DOORS else ""
    own = FOUND if where[0] == "clinic_page" else EMBEDDED if kind == "embed" else {}
    for name, value in {**ALWAYS, **own}.items():
        assert response.get(name) == value, (where, name)
    assert response["X-Request-Id"]
    kept = "public, max-age" if where[0] in KEPT and where[2] == "nobody" else "no-store"
    # A calendar program asks again and again, and is told that nothing has changed.
    kept = "private, no-cache" if where[0] == "calendar_feed" and response.status_code == 200 else kept
    assert kept in response["Cache-Control"], where
    policy = policy_of(response)
    framed = {"frame-ancestors": "*"} if where[0] == "clinic_badge" else {}
    without = NOT_EVEN_FORMS.get(where[0], {}) if response.status_code == 200 else {}
    for directive, value in {**POLICY, **framed, **without}.items():
        assert policy[directive] == value, (where, directive)
    for directive, value in policy.items():
        # The worker that blurs the background computes; it is no page, and nothing else may.
        allowed = "'wasm-unsafe-eval'" if where[0] == "blur_worker" and directive == "script-src" else ""
        assert "unsafe" not in (value.replace(allowed, "") if allowed else value), where
        assert "http:" not in value, where
        assert "*" not in value or framed.get(directive) == value, where
        assert directive != "connect-src" or value.startswith("'self'")
    permissions = response["Permissions-Policy"]
    for name in ("camera", "microphone", "display-capture", "screen-wake-lock", "fullscreen"):
        assert f"{name}=(self)" in permissions, where
    assert "geolocation=()" in permissions


def test_every_answer_carries_the_headers(house):
    walked = 0
    for name, door in DOORS.items():
        for method in door.methods.split():
            for who in (door.who or STAFF) | {"nobody"}:
                cache.clear()
                client = house.clients.get(who) or Client()
                with Undone():
                    path = address(name, door, house.things.get(door.thing, ""))
                    response = ask(client, door, method, path)
                check_headers(response, (name, method, who))
                walked += 1
    check_headers(Client().get("/finnes-ikke"), "unknown")
    assert walked > 200


def test_every_script_and_style_of_a_page_is_our_own_and_known_to_the_policy(house):
    seen = 0
    for name, door in DOORS.items():
        if "GET" not in door.methods:
            continue
        who = next(iter(sorted(door.who)), "nobody")
        with Undone():
            response = ask(
                house.clients.get(who) or Client(),
                door,
                "GET",
                address(name, door, house.things.get(door.thing, "")),
            )
        if response.get("Content-Type", "").startswith(("image/", "application/pdf")):
            continue
        body = response.content.decode()
        assert not re.search(r"<[^>]+\s(on\w+|style)=", body), name
        assert "<style" not in body.replace("<style nonce=", ""), name
        for tag in re.findall(r"<script[^>]*>", body):
            known = 'src="/static/' in tag or re.search(r'nonce="[^"]{20,}"', tag)
            assert 'type="application/json"' in tag or known, (name, tag)
            seen += 1
        for link in re.findall(r'(?:src|href|action)="([^"]*)"', body):
            assert link.startswith(("/", "#", "tel:", "data:image/svg+xml;base64,", "?", "")), (name, link)
            assert not link.startswith(("//", "http", "javascript:")) or link.startswith(ORIGIN), (name, link)
    assert seen > 10


def test_trusted_types_are_required_where_patients_are(house):
    for path in ("/m", "/kode", "/adresse", f"/m/{house.things['invitation']}"):
        response = house.clients["patient"].get(path)
        assert response.status_code == 200
        assert policy_of(response)["require-trusted-types-for"] == "'script'"


def test_a_form_without_its_token_changes_nothing(house):
    tried = 0
    for name, door in DOORS.items():
        if "POST" not in door.methods or name in JSON | GATEWAYS:
            continue
        who = next(iter(sorted(door.who)), "clinician")
        strict = Client(enforce_csrf_checks=True)
        strict.cookies = house.clients[who].cookies
        with Undone():
            before = fingerprints()
            path = address(name, door, house.things.get(door.thing, ""))
            response = strict.post(
                path, {"login": house.members["clinician"].user.email, "password": PASSWORD}
            )
            written = changed(before, fingerprints())
        assert response.status_code == 403, name
        assert "Skjemaet er for gammelt" in response.content.decode()
        assert written <= {"django_session"}, (name, written)
        tried += 1
    assert tried > 25


def test_a_form_with_its_token_goes_through():
    member = a_member(a_clinic(), "administrator")
    strict = Client(enforce_csrf_checks=True)
    page = strict.get("/inn/").content.decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    typed = {"login": member.user.email, "password": PASSWORD, "csrfmiddlewaretoken": token[1]}
    assert strict.post("/inn/", typed, headers=FOREIGN).status_code == 403
    assert strict.post("/inn/", typed, headers={"Origin": ORIGIN}).status_code == 302


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", ORIGIN + ".evil.example", ORIGIN + ":1", "", None]
)
def test_json_from_elsewhere_changes_nothing(house, origin):
    headers = {} if origin is None else {"Origin": origin}
    for name in JSON:
        door = DOORS[name]
        client = house.clients["clinician" if name.startswith("note") else "patient"]
        path = address(name, door, house.things.get(door.thing, ""))
        with Undone():
            before = fingerprints()
            response = client.post(path, {"token": "x"}, content_type="application/json", headers=headers)
            written = changed(before, fingerprints())
        assert (response.status_code, response.json()) == (403, {"code": "foreign"}), name
        assert written == set(), name


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"]
)
def test_json_that_is_not_called_json_is_refused(house, kind):
    # A photo is put up as the bytes that it is.
    for name in JSON - {"written_put_up"}:
        door = DOORS[name]
        path = address(name, door, house.things.get(door.thing, ""))
        response = house.clients["patient"].post(
            path, b'{"token": "x"}', content_type=kind, headers={"Origin": ORIGIN}
        )
        assert (response.status_code, response.json()) == (415, {"code": "not_json"}), name


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 415),
        (b"{}", 404),
        (b"{", 400),
        (b"[]", 400),
        (b"null", 400),
        (b"\xff\xfe", 400),
        (b"[" * 30000, 400),
        (b'{"token": "' + b"x" * LARGEST_JSON + b'"}', 413),
    ],
)
def test_json_that_cannot_be_read_is_refused_calmly(body, status):
    response = Client().post("/m/open", body, content_type="application/json", headers={"Origin": ORIGIN})
    assert response.status_code == status


def test_method_override_does_not_exist(house):
    client = house.clients["administrator"]
    sneaky = {"X-HTTP-Method-Override": "POST", "X-Method-Override": "POST"}
    path = f"/klinikk/ansatte/{house.things['member']}/slutt"
    client.get(path, {"_method": "POST"}, headers=sneaky)
    assert not Clinic.objects.get(pk=house.clinic.pk).memberships.filter(ended_at__isnull=False).exists()


HOSTILE = [
    "<script>window.__xss=1</script>",
    '"><img src=x onerror=alert(1)>',
    "{{ 7|add:7 }}{% now 'Y' %}",
    "</script><svg onload=alert(1)>",
    "' OR 1=1 --",
    "&lt;b&gt;",
    "javascript:alert(1)",
]


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_are_shown_as_they_were_typed(name):
    with time_machine.travel(NOW, tick=False):
        clinic = a_clinic(name)
        boss = a_member(clinic, "administrator", name, title=name[:60])
        desk = a_member(clinic, "secretary", "Siri")
        a_patient(clinic, f"{name} {name}")
        pages = [
            signed_in(boss).get("/klinikk/"),
            signed_in(boss).get("/klinikk/ansatte/"),
            signed_in(boss).get(f"/klinikk/ansatte/{boss.public_id}"),
            signed_in(boss).post("/klinikk/logg", {"patient": name, "person": name}),
            signed_in(desk).post("/pasienter/", {"sok": name.split()[0]}),
            Client().get("/finnes-ikke", {"q": name}),
            Client().post("/inn/", {"login": name, "password": name}),
            Client().post("/kode", {"code": name}),
        ]
    literal = 0
    for page in pages:
        body = page.content.decode()
        for tag in ("<script>window", "<img src=x", "<svg onload"):
            assert tag not in body, page.request["PATH_INFO"]
        literal += escape(name) in body
    assert literal >= 5


def test_the_settings_of_a_secure_site():
    import os
    import subprocess
    import sys

    code = (
        "import django; django.setup(); from django.conf import settings as s; "
        "print(s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, s.BLIKK_DEVICE_COOKIE, s.SESSION_COOKIE_SECURE, "
        "s.CSRF_COOKIE_SECURE, s.SECURE_HSTS_SECONDS, s.SECURE_HSTS_INCLUDE_SUBDOMAINS, s.SESSION_COOKIE_PATH, "
        "s.SESSION_COOKIE_DOMAIN, s.BLIKK_SECOND_FACTOR, s.MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN)"
    )
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("BLIKK_") or name == "BLIKK_DATA"
    }
    environment |= {
        "DJANGO_SETTINGS_MODULE": "blikk.config.settings",
        "BLIKK_BASE_URL": "https://video.example.no",
    }
    run = [sys.executable, "-c", code]
    said = subprocess.run(run, env=environment, capture_output=True, text=True, check=True).stdout.split()
    assert said[:3] == ["__Host-blikk_session", "__Host-blikk_csrf", "__Host-blikk_device"]
    assert said[3:] == ["True", "True", "31536000", "True", "/", "None", "True", "False"]
    off = subprocess.run(
        run, env={**environment, "BLIKK_SECOND_FACTOR": "0"}, capture_output=True, text=True, check=False
    )
    assert off.returncode != 0
    assert "BLIKK_SECOND_FACTOR" in off.stderr


def test_cookies_are_for_servers_only():
    member = a_member(a_clinic(), "administrator")
    client = Client()
    client.post("/inn/", {"login": member.user.email, "password": PASSWORD})
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert cookie["path"] == "/"
    assert not cookie["domain"]


@pytest.mark.parametrize(
    ("proxies", "forwarded", "seen"),
    [
        (0, "203.0.113.9", "127.0.0.1"),
        (1, "10.9.9.9, 203.0.113.9", "203.0.113.9"),
        (2, "203.0.113.9", ""),
        (1, "junk", ""),
    ],
)
def test_the_address_of_a_request_is_what_our_own_proxies_say(settings, rf, proxies, forwarded, seen):
    from blikk.web.access import address_of

    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    assert address_of(rf.get("/", headers={"X-Forwarded-For": forwarded})) == seen
