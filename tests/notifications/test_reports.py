from datetime import timedelta

import pytest

from blikk.notifications import reports
from blikk.notifications.inbound import keep, unused, use
from blikk.notifications.models import Inbound, Part, Report
from blikk.notifications.reports import take_report, use_kept
from blikk.notifications.states import NUMBER_NOT_IN_USE, Outcome
from blikk.notifications.transports import Receipt, Unknown


def status(message) -> str:
    message.refresh_from_db()
    return message.status


def test_reports_come_late_doubled_and_against_each_other_and_the_first_final_one_counts(post):
    message = post.queue("a")
    post.run()
    for outcome in (Outcome.ACCEPTED, Outcome.DELIVERED, Outcome.DELIVERED, Outcome.FAILED):
        take_report("sms", provider_id="id-a", outcome=outcome, now=post.now)
    assert status(message) == "delivered"
    assert Report.objects.filter(used_at__isnull=False).count() == 3


def test_a_negative_report_is_a_failure_with_its_reason(post):
    message = post.queue("a")
    post.run()
    changed = take_report(
        "sms", provider_id="id-a", outcome=Outcome.FAILED, reason=NUMBER_NOT_IN_USE, now=post.now
    )
    assert changed == message
    assert (status(message), message.reason) == ("failed", NUMBER_NOT_IN_USE)


def test_a_report_that_comes_before_the_answer_is_used_when_the_message_has_a_name(post):
    message = post.queue("a")

    def behave(outgoing):
        assert take_report("sms", provider_id="id-a", outcome=Outcome.DELIVERED, now=post.now) is None
        return Receipt("id-a")

    post.sms.behave = behave
    post.run()
    assert status(message) == "delivered"
    assert post.told() == ["delivered"]


def test_a_report_that_a_dead_worker_left_is_used_by_another(post):
    message = post.queue("a")
    take_report("sms", provider_id="id-a", outcome=Outcome.DELIVERED, now=post.now)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("blikk.notifications.dispatch.use_kept_for", lambda _message, *, now: False)
        post.run()
    assert status(message) == "sent"
    assert use_kept(now=post.now) == [message]
    assert status(message) == "delivered"


def test_a_report_by_our_own_reference_makes_the_uncertain_certain(post):
    message = post.queue("a", "email", to="kari@example.no")

    def behave(_outgoing):
        raise Unknown("no_answer")

    post.email.behave = behave
    post.run()
    assert status(message) == "uncertain"
    take_report("email", reference=message.reference, outcome=Outcome.ACCEPTED, now=post.now)
    assert status(message) == "sent"
    take_report("email", reference=message.reference, outcome=Outcome.DELIVERED, now=post.now)
    assert status(message) == "delivered"


def test_a_long_sms_is_delivered_when_all_its_parts_are_and_lost_when_one_is(post):
    whole, broken = post.queue("a"), post.queue("b")
    post.sms.behave = lambda outgoing: Receipt(f"{outgoing.key}1", (f"{outgoing.key}2",))
    post.run()
    take_report("sms", provider_id="a1", outcome=Outcome.DELIVERED, now=post.now)
    assert status(whole) == "sent"
    take_report("sms", provider_id="a2", outcome=Outcome.DELIVERED, now=post.now)
    assert status(whole) == "delivered"
    take_report("sms", provider_id="b1", outcome=Outcome.DELIVERED, now=post.now)
    take_report("sms", provider_id="b2", outcome=Outcome.FAILED, reason="expired", now=post.now)
    assert (status(broken), broken.reason) == ("failed", "expired")


def test_a_report_for_nobody_changes_nothing_and_is_forgotten(post):
    message = post.queue("a")
    post.run()
    for name in ({"provider_id": "other"}, {"reference": "f" * 40}, {}):
        assert take_report("sms", **name, outcome=Outcome.FAILED, now=post.now) is None
    assert take_report("email", provider_id="id-a", outcome=Outcome.FAILED, now=post.now) is None
    assert status(message) == "sent"
    assert Report.objects.count() == 3
    reports.forget_reports(now=post.now + timedelta(days=8))
    assert Report.objects.count() == 0


def test_a_name_that_a_provider_uses_again_is_the_newest_messages(post):
    old, new = post.queue("a"), post.queue("b")
    post.sms.behave = lambda _outgoing: Receipt("7")
    post.run()
    take_report("sms", provider_id="7", outcome=Outcome.DELIVERED, now=post.now)
    assert (status(old), status(new)) == ("sent", "delivered")
    assert Part.objects.count() == 2


def test_an_sms_to_us_is_used_once_and_forgotten(post):
    kept = keep(source="http", provider_id="1", phone="+4790123456", words="ola@example.no", now=post.now)
    seen = []

    def answer(text):
        seen.append((text.phone, text.words))
        return "answer"

    assert use(kept, answer, now=post.now) == "answer"
    again = keep(source="http", provider_id="1", phone="+4790123456", words="other", now=post.now)
    assert use(again, answer, now=post.now) is None
    assert seen == [("+4790123456", "ola@example.no")]
    assert list(Inbound.objects.values_list("phone", "words", "outcome")) == [("", "", "answer")]


def test_an_sms_whose_use_failed_stays_until_it_is_used(post):
    kept = keep(source="http", provider_id="1", phone="+4790123456", words="ola@example.no", now=post.now)

    def fail(_text):
        raise RuntimeError

    with pytest.raises(RuntimeError):
        use(kept, fail, now=post.now)
    assert unused(before=post.now) == []
    (left,) = unused(before=post.now + timedelta(seconds=1))
    assert use(left, lambda _text: "unknown", now=post.now) == "unknown"
    assert unused(before=post.now + timedelta(days=1)) == []
