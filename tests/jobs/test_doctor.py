"""The doctor against real servers: each fault beside the installation that is well."""

import os
import socket
import ssl
import struct
import threading
import time
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime, timedelta

import pytest

from blikk.jobs import doctor_clock, doctor_hosts, doctor_messages, doctor_relay, doctor_secrets, doctor_store
from blikk.kernel.ids import new_id
from tests.servers import free_port, make_certificate

GOOD = {
    "server_version_num": "150000",
    "max_connections": "100",
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
    "server_encoding": "UTF8",
    "btree_gist": "1",
}


def faults(look) -> list[str]:
    found = list(look)
    assert all(finding.fix for finding in found if not finding.is_well)
    return [f"{finding.what}: {finding.how} {finding.fix}" for finding in found if not finding.is_well]


@contextmanager
def answering(answer: bytes, kind=socket.SOCK_DGRAM):
    """Something that listens and answers the same to everybody."""
    with socket.socket(socket.AF_INET, kind) as server:
        server.bind(("127.0.0.1", 0))
        if kind == socket.SOCK_STREAM:
            server.listen()

        def serve() -> None:
            if kind == socket.SOCK_DGRAM:
                _, asker = server.recvfrom(2048)
                server.sendto(answer, asker)
            else:
                line, _ = server.accept()
                with closing(line):
                    line.recv(2048)
                    line.sendall(answer)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield server.getsockname()[1]
        thread.join(5)


# The relay


@pytest.fixture
def turn(settings, turn_server):
    settings.BLIKK_TURN_URLS = turn_server.urls
    settings.BLIKK_TURN_SECRET = turn_server.secret
    return turn_server


def test_a_relay_that_gives_a_place_is_well_over_udp_and_tcp(settings, turn):
    settings.BLIKK_TURN_URLS = [*turn.urls, f"turn:{turn.host}:{turn.port}?transport=tcp"]
    found = list(doctor_relay.relay())
    assert [finding.is_well for finding in found] == [True, True], found


def test_places_are_given_back_so_that_the_doctor_may_ask_often(turn):
    for _ in range(8):
        assert faults(doctor_relay.relay()) == []


def test_a_wrong_secret_is_told_from_a_relay_that_is_away(settings, turn):
    settings.BLIKK_TURN_SECRET = new_id()
    (wrong,) = faults(doctor_relay.relay())
    assert "401" in wrong
    assert "static-auth-secret" in wrong
    settings.BLIKK_TURN_URLS = [f"turn:{turn.host}:{free_port(socket.SOCK_DGRAM)}"]
    (away,) = faults(doctor_relay.relay())
    assert "Is coturn running" in away


def test_what_listens_there_and_is_no_relay_is_named(settings, turn):
    with answering(b"HTTP/1.1 400 Bad Request\r\n\r\n", socket.SOCK_STREAM) as port:
        settings.BLIKK_TURN_URLS = [f"turn:127.0.0.1:{port}?transport=tcp"]
        (wrong,) = faults(doctor_relay.relay())
    assert "no relay" in wrong


@pytest.mark.parametrize(
    "url", ["http://relay", "turn:", "turn:relay:many", "turn:relay:3478?transport=sctp"]
)
def test_an_address_that_is_none_is_named(settings, turn, url):
    settings.BLIKK_TURN_URLS = [url]
    (wrong,) = faults(doctor_relay.relay())
    assert url in wrong


def test_no_relay_and_no_secret_are_faults(settings):
    settings.BLIKK_TURN_URLS, settings.BLIKK_DEMO = [], False
    assert len(faults(doctor_relay.relay())) == 1
    settings.BLIKK_TURN_URLS, settings.BLIKK_TURN_SECRET = ["turn:relay"], ""
    assert "no secret" in faults(doctor_relay.relay())[0]


# Certificates


@contextmanager
def https(folder, name="localhost"):
    certificate, key = make_certificate(folder, name)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()

        def serve() -> None:
            while True:
                try:
                    line, _ = server.accept()
                except OSError:
                    return
                with closing(line), suppress(OSError):
                    context.wrap_socket(line, server_side=True).close()

        threading.Thread(target=serve, daemon=True).start()
        yield server.getsockname()[1], certificate


def test_a_certificate_that_nobody_vouches_for_or_that_ends_soon_is_a_fault(settings, tmp_path, monkeypatch):
    now = datetime.now(UTC)
    with https(tmp_path) as (port, certificate):
        settings.BLIKK_BASE_URL = f"https://localhost:{port}"
        (unknown,) = faults(doctor_hosts.certificate())
        assert "fullchain" in unknown
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        (soon,) = faults(doctor_hosts.certificate())
        assert "certbot renew" in soon
        # The certificates of tests last for a day: seen a month ago, this one has long to go.
        assert doctor_hosts.certificate_of("certificate", "localhost", port, now - timedelta(days=30)).is_well
    settings.BLIKK_BASE_URL = f"https://localhost:{free_port()}"
    (away,) = faults(doctor_hosts.certificate())
    assert "nginx" in away


def test_a_host_of_another_video_solution_that_is_away_is_named(settings, smtp_sink):
    settings.BLIKK_EXTERNAL_VIDEO_HOSTS = [f"localhost:{free_port()}", "*.whereby.com"]
    (away,) = faults(doctor_hosts.external_video())
    assert "BLIKK_EXTERNAL_VIDEO_HOSTS" in away
    settings.BLIKK_EXTERNAL_VIDEO_HOSTS = [f"127.0.0.1:{smtp_sink.port}"]
    assert faults(doctor_hosts.external_video()) == []


# The clock


def sntp(moment: float) -> bytes:
    stamp = struct.pack("!II", int(moment) + 2_208_988_800, 0)
    return b"\x24\x01" + 38 * b"\0" + stamp


@pytest.mark.parametrize(("off", "is_well"), [(0, True), (60, False), (-60, False)])
def test_the_clock_is_compared_with_a_time_server(settings, db, off, is_well):
    with answering(sntp(time.time() + off)) as port:
        settings.BLIKK_TIME_SERVER = f"127.0.0.1:{port}"
        assert (faults(doctor_clock.clock()) == []) is is_well


def test_a_time_server_that_does_not_tell_the_time_is_a_fault(settings, db):
    with answering(b"hei") as port:
        settings.BLIKK_TIME_SERVER = f"127.0.0.1:{port}"
        assert "UDP 123" in faults(doctor_clock.clock())[0]
    settings.BLIKK_TIME_SERVER = ""
    assert faults(doctor_clock.clock()) == []


# The database, keys and backups


def test_the_database_of_the_tests_is_well(db):
    assert faults(doctor_store.database()) == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("fsync", "off"),
        ("full_page_writes", "off"),
        ("synchronous_commit", "off"),
        ("server_encoding", "SQL_ASCII"),
        ("server_version_num", "120010"),
        ("btree_gist", "0"),
        ("max_connections", "20"),
    ],
)
def test_each_setting_of_postgresql_that_loses_something_is_named(name, value):
    assert faults(doctor_store.judge(GOOD, most=20)) == []
    assert len(faults(doctor_store.judge(GOOD | {name: value}, most=20))) == 1


def test_a_field_key_that_is_gone_is_missed_where_something_was_sealed_with_it(settings, db):
    from tests.notifications.conftest import Post

    Post().queue("k1", "email", to="kari@example.no")
    assert faults([doctor_store._sealed()]) == []
    old = list(settings.BLIKK_FIELD_KEYS)
    settings.BLIKK_FIELD_KEYS = ["n" * 40]
    assert "BLIKK_FIELD_KEYS" in faults([doctor_store._sealed()])[0]
    settings.BLIKK_FIELD_KEYS = ["n" * 40, *old]
    assert faults([doctor_store._sealed()]) == []


def test_a_redis_that_answers_is_told_from_one_that_is_away(settings, redis_server):
    settings.BLIKK_REDIS_URL = redis_server.url
    assert faults(doctor_store.redis()) == []
    settings.BLIKK_REDIS_URL = f"redis://127.0.0.1:{free_port()}/0"
    assert "BLIKK_REDIS_URL" in faults(doctor_store.redis())[0]


def test_the_newest_backup_is_of_last_night(settings, tmp_path):
    settings.BLIKK_BACKUPS = str(tmp_path)
    assert "holds none" in faults(doctor_store.backups())[0]
    newest = tmp_path / "night" / "blikk.dump"
    newest.parent.mkdir()
    newest.touch()
    assert "holds none" in faults(doctor_store.backups())[0], "an empty file is no backup"
    newest.write_text("data")
    assert faults(doctor_store.backups()) == []
    two_days_ago = time.time() - 48 * 3600
    os.utime(newest, (two_days_ago, two_days_ago))
    assert "48 hours" in faults(doctor_store.backups())[0]
    settings.BLIKK_BACKUPS = str(tmp_path / "nowhere")
    assert "no folder" in faults(doctor_store.backups())[0]
    settings.BLIKK_BACKUPS = ""
    assert faults(doctor_store.backups()) == []


# Secrets


@pytest.fixture
def kept(settings, tmp_path):
    settings.BLIKK_DATA, settings.BLIKK_DEMO, settings.BLIKK_SECURE = tmp_path, False, True
    settings.SECRET_KEY, settings.BLIKK_AUDIT_KEY, settings.BLIKK_TURN_SECRET = (
        new_id() * 2,
        new_id() * 2,
        new_id() * 2,
    )
    settings.BLIKK_FIELD_KEYS = [new_id() * 2]
    file = tmp_path / "blikk_secret_key.secret"
    file.write_text("x")
    file.chmod(0o600)
    return file


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"SECRET_KEY": "short"}, "BLIKK_SECRET_KEY"),
        ({"BLIKK_AUDIT_KEY": "a" * 40}, "BLIKK_AUDIT_KEY"),
        ({"BLIKK_FIELD_KEYS": [""]}, "BLIKK_FIELD_KEYS"),
        ({"BLIKK_TURN_SECRET": "hemmelig"}, "BLIKK_TURN_SECRET"),
        ({"BLIKK_SECURE": False}, "BLIKK_BASE_URL"),
    ],
)
def test_each_secret_that_is_none_is_named(settings, kept, changes, named):
    assert faults(doctor_secrets.secrets()) == []
    for name, value in changes.items():
        setattr(settings, name, value)
    assert named in faults(doctor_secrets.secrets())[0]


def test_secrets_that_others_read_that_are_the_same_or_the_demos_are_faults(settings, kept):
    kept.chmod(0o644)
    assert "chmod 600" in faults(doctor_secrets.secrets())[0]
    kept.chmod(0o600)
    settings.BLIKK_AUDIT_KEY = settings.SECRET_KEY
    assert "one stands for several" in faults(doctor_secrets.secrets())[0]
    settings.BLIKK_AUDIT_KEY = new_id() * 2
    (kept.parent / "urls.json").touch()
    assert "demo" in faults(doctor_secrets.secrets())[0]


# Mail


@pytest.fixture
def mail(settings, smtp_sink):
    settings.BLIKK_SMS_TRANSPORT, settings.BLIKK_EMAIL_TRANSPORT = "none", "smtp"
    settings.BLIKK_SMTP = {
        "host": "127.0.0.1",
        "port": smtp_sink.port,
        "user": "",
        "password": "",
        "tls": "none",
    }
    settings.BLIKK_MAIL_FROM, settings.BLIKK_BOUNCES_TO = (
        "ikke-svar@video.example.no",
        "retur@video.example.no",
    )
    return smtp_sink


def test_the_mail_server_is_asked_to_let_us_in_and_gets_no_letter(settings, mail):
    assert faults(doctor_messages.transports()) == []
    settings.BLIKK_SMTP = settings.BLIKK_SMTP | {"user": "blikk", "password": "wrong"}
    assert "BLIKK_SMTP_PASSWORD" in faults(doctor_messages.transports())[0]
    settings.BLIKK_SMTP = settings.BLIKK_SMTP | {"user": "", "tls": "starttls"}
    assert "BLIKK_SMTP_TLS" in faults(doctor_messages.transports())[0]
    settings.BLIKK_SMTP = settings.BLIKK_SMTP | {"tls": "none", "port": free_port()}
    assert "firewall" in faults(doctor_messages.transports())[0]
    assert mail.letters == []


def test_a_test_is_sent_only_to_whom_it_was_asked_for(mail):
    assert doctor_messages.sent_to("kari@example.no").is_well
    assert len(mail.letters) == 1
    assert not doctor_messages.sent_to("+4799999999").is_well
