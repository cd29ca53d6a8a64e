"""The `blikk` command: one word for each thing that an operator does."""

import argparse
import json
import os
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from blikk.jobs.cli_tariffs import add_tariffs

Act = Callable[[argparse.Namespace], int]

HOST = "127.0.0.1"
PORT = 8000


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line says."""
    given = _parser().parse_args(arguments)
    act: Act = given.act
    from django.core.exceptions import ImproperlyConfigured

    try:
        return act(given)
    except ImproperlyConfigured as fault:
        print(f"blikk: {fault}", file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="blikk", description="Video consultations for health services.")
    acts = parser.add_subparsers(required=True, metavar="COMMAND")
    run = _add(acts, "run", _run, "prepare the database and serve; with the worker in the same process")
    run.add_argument("--host", default=HOST)
    run.add_argument("--port", type=int, default=PORT)
    demo = _add(acts, "demo", _demo, "serve a seeded clinic to try, from a folder of its own")
    demo.add_argument("--host", default=HOST)
    demo.add_argument("--port", type=int, default=PORT)
    demo.add_argument("--data", type=Path, default=Path(".demo"))
    worker = _add(
        acts, "worker", _worker, "send what waits in the outbox; may run many times beside each other"
    )
    worker.add_argument("--name", default="", help="how this worker signs its leases")
    _add(acts, "migrate", _migrate, "bring the database up to date")
    doctor = _add(acts, "doctor", _doctor, "check the installation, and say how to mend it")
    doctor.add_argument("--json", action="store_true", help="for a program that watches")
    doctor.add_argument(
        "--send-to",
        nargs="+",
        default=[],
        metavar="ADDRESS",
        help="really send a test: +4799999999, or an e-mail",
    )
    _add_messages(acts)
    _add_audit(acts)
    keep = _add(acts, "keep", _keep, "delete what has been kept long enough, as the worker does every night")
    keep.add_argument("--dry-run", action="store_true", help="only say what would be deleted")
    _add_keys(acts)
    _add_clinic(acts)
    _add_notice(acts)
    add_tariffs(acts, _set_up)
    return parser


def _add(
    acts: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str, act: Act, words: str
) -> argparse.ArgumentParser:
    parser = acts.add_parser(name, help=words, description=words)
    parser.set_defaults(act=act)
    return parser


def _add_messages(acts: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    tried = _add(acts, "try", _try, "send one message to yourself, and see what the transport answers")
    tried.add_argument("channel", choices=["sms", "email"])
    tried.add_argument("to", help="+4799999999, or an e-mail address")
    bounce = _add(acts, "bounce", _bounce, "take in an e-mail that came back, on standard input")
    bounce.add_argument("--to", default="", help="the address that it came back to, if the mail server tells")


def _add_audit(acts: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    audit = acts.add_parser("audit", help="prove the record of who did what")
    steps = audit.add_subparsers(required=True, metavar="STEP")
    verify = _add(steps, "verify", _audit_verify, "find every entry that was changed, removed or put in")
    verify.add_argument("--heads", type=Path, help="exported heads to compare with")
    export = _add(steps, "export-heads", _audit_export, "append the signed heads to a file to keep elsewhere")
    export.add_argument("file", type=Path, nargs="?")


def _add_keys(acts: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    keys = acts.add_parser("keys", help="keys for encrypted fields, and for eID and HelseID")
    steps = keys.add_subparsers(required=True, metavar="STEP")
    _add(steps, "new", _keys("new"), "put a fresh key for encrypted fields before the others")
    _add(steps, "renew", _keys("renew"), "encrypt every field anew with the first key")
    for step, words in (
        ("make", "make the key that a provider knows us by, and print its public part"),
        ("show", "print the public part of that key"),
    ):
        _add(steps, step, _keys(step), words).add_argument(
            "provider", choices=["patient", "helseid", "helfo"]
        )


def _add_clinic(acts: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    clinic = acts.add_parser("clinic", help="open a clinic")
    steps = clinic.add_subparsers(required=True, metavar="STEP")
    add = _add(steps, "add", _clinic_add, "open a clinic with its first administrator")
    add.add_argument("name", help="what patients see on the page")
    add.add_argument("--slug", required=True, help="short name in addresses, such as fjordgata")
    add.add_argument("--phone", required=True)
    add.add_argument(
        "--sender", default="", help="neutral name in messages; the clinic's own name by default"
    )
    add.add_argument("--email", required=True, help="the administrator's address")
    add.add_argument("--administrator", required=True, help="the administrator's name")


def _add_notice(acts: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    notice = acts.add_parser("notice", help="put a word from the authorities on every clinic's pages")
    steps = notice.add_subparsers(required=True, metavar="STEP")
    add = _add(steps, "add", _notice_add, "put a notice up")
    add.add_argument("title")
    add.add_argument("words", help="what people should do, in two or three sentences")
    add.add_argument("--link", default="", help="the official page")
    add.add_argument(
        "--from", dest="first", default="", help="first day, such as 2026-11-24; today by default"
    )
    add.add_argument("--to", dest="last", default="", help="last day; until it is taken down by default")
    add.add_argument("--on", nargs="+", default=["public", "patient"], choices=["public", "patient", "staff"])
    _add(steps, "list", _notice_list, "show what is up")
    down = _add(steps, "remove", _notice_remove, "take a notice down")
    down.add_argument("name", help="as `blikk notice list` shows it")


def _set_up() -> None:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "blikk.config.settings")
    django.setup()
    from django.conf import settings

    settings.BLIKK_DATA.mkdir(parents=True, exist_ok=True)


def _run(given: argparse.Namespace) -> int:
    _set_up()
    from blikk.jobs.serve import prepare, serve

    prepare()
    return serve(given.host, given.port)


def _demo(given: argparse.Namespace) -> int:
    from blikk.jobs import demo

    demo.set_environment(given.data, given.host, given.port)
    _set_up()
    return demo.serve(given.host, given.port)


def _worker(given: argparse.Namespace) -> int:
    _set_up()
    from blikk.jobs.worker import run_worker

    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    run_worker(stop, name=given.name)
    return 0


def _migrate(_given: argparse.Namespace) -> int:
    _set_up()
    from blikk.jobs.serve import migrate

    migrate()
    return 0


def _doctor(given: argparse.Namespace) -> int:
    from django.core.exceptions import ImproperlyConfigured

    try:
        _set_up()
    except ImproperlyConfigured as fault:
        if given.json:
            finding = {
                "what": "settings",
                "is_well": False,
                "how": str(fault),
                "fix": "Change the value it names.",
            }
            print(json.dumps({"is_well": False, "findings": [finding]}, indent=2))
        else:
            print(f"FAULT  settings: {fault}")
        return 1
    from blikk.jobs.doctor import examine

    return examine(sys.stdout, as_json=given.json, send_to=given.send_to)


def _try(given: argparse.Namespace) -> int:
    _set_up()
    from blikk.jobs.messages import try_out

    return try_out(given.channel, given.to)


def _bounce(given: argparse.Namespace) -> int:
    _set_up()
    from blikk.jobs.messages import bounce

    return bounce(sys.stdin.buffer, given.to)


def _audit_verify(given: argparse.Namespace) -> int:
    _set_up()
    from blikk.jobs.record import verify

    return verify(given.heads)


def _audit_export(given: argparse.Namespace) -> int:
    _set_up()
    from blikk.jobs.record import export

    return export(given.file)


def _keep(given: argparse.Namespace) -> int:
    _set_up()
    from blikk.jobs.keeping import run

    return run(is_trial=given.dry_run)


def _keys(step: str) -> Act:
    def act(given: argparse.Namespace) -> int:
        _set_up()
        from blikk.jobs import keys

        of_provider = {"make": keys.make, "show": keys.show}
        if step in of_provider:
            return of_provider[step](given.provider)
        return keys.new() if step == "new" else keys.renew()

    return act


def _clinic_add(given: argparse.Namespace) -> int:
    _set_up()
    from blikk.jobs.clinic import add

    return add(given)


def _notice_add(given: argparse.Namespace) -> int:
    _set_up()
    from blikk.jobs.notice import add

    return add(given)


def _notice_list(_given: argparse.Namespace) -> int:
    _set_up()
    from blikk.jobs.notice import show

    return show()


def _notice_remove(given: argparse.Namespace) -> int:
    _set_up()
    from blikk.jobs.notice import remove

    return remove(given)
