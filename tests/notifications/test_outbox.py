import itertools
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from blikk.notifications import dispatch, queries
from blikk.notifications.models import InboxMessage, Message
from blikk.notifications.services import hint, withdraw
from blikk.notifications.states import MESSAGE, MessageStatus
from blikk.notifications.transports import NotSent, Receipt, Unknown
from blikk.notifications.transports.chosen import chosen_transports


def raising(fault):
    def behave(_message):
        raise fault

    return behave


def status(message: Message) -> str:
    message.refresh_from_db()
    return message.status


def test_a_message_is_sent_with_its_key_and_then_forgotten(post):
    message = post.queue("a")
    assert post.run() == 1
    assert [(m.key, m.to, m.body) for m in post.sms.given] == [("a", "+4799999912", "words")]
    assert status(message) == "sent"
    assert (message.to, message.subject, message.body) == ("", "", "")
    assert message.to_hint == "…12"
    assert post.told() == ["sent"]
    assert post.run() == 0


def test_words_and_address_are_encrypted_while_they_wait(post):
    post.queue("a")
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM notifications_message")
        row = repr(cursor.fetchone())
    assert "invited" in row
    assert "words" not in row
    assert "+4799999912" not in row


def test_the_same_key_is_the_same_message(post):
    assert post.queue("a", body="one").pk == post.queue("a", body="two").pk
    post.run()
    assert [m.body for m in post.sms.given] == ["one"]


def test_a_message_of_a_transaction_that_failed_was_never_there(post):
    with transaction.atomic():
        post.queue("a")
        transaction.set_rollback(True)
    assert post.run() == 0


def test_a_message_waits_for_its_time(post):
    post.queue("a", not_before=post.now + timedelta(hours=1))
    assert post.run() == 0
    post.later(minutes=61)
    assert post.run() == 1


def test_it_is_marked_before_the_transport_is_called(post):
    message = post.queue("a")
    seen = []

    def behave(_outgoing):
        seen.append(status(message))
        return Receipt()

    post.sms.behave = behave
    post.run()
    assert seen == ["sending"]


def test_what_was_surely_not_sent_is_tried_again_later_and_later(post):
    message = post.queue("a")
    post.sms.behave = raising(NotSent("no_connection", retry=True))
    waits = []
    for _ in range(4):
        assert post.run() == 1
        message.refresh_from_db()
        waits.append((message.next_at - post.now).total_seconds())
        assert post.run() == 0
        post.now = message.next_at
    assert all(4 * 2**n * 0.8 <= wait <= 4 * 2**n * 1.2 for n, wait in enumerate(waits))
    post.sms.behave = lambda _m: Receipt()
    post.run()
    assert status(message) == "sent"
    assert len({m.key for m in post.sms.given}) == 1


def test_it_gives_up_in_the_end_and_says_so(post):
    message = post.queue("a")
    post.sms.behave = raising(NotSent("no_connection", retry=True))
    for _ in range(dispatch.MOST_ATTEMPTS):
        post.run()
        post.later(hours=1)
    assert status(message) == "failed"
    assert message.reason == "no_connection"
    assert post.told() == ["failed"]
    assert post.run() == 0
    assert [s.status for s in queries.in_trouble(7, since=post.now - timedelta(days=1))] == ["failed"]


def test_a_final_refusal_is_not_tried_again(post):
    message = post.queue("a")
    post.sms.behave = raising(NotSent("receiver_refused", retry=False))
    post.run()
    assert status(message) == "failed"
    assert len(post.sms.given) == 1


@pytest.mark.parametrize("fault", [Unknown("connection_lost_after_data"), RuntimeError("a bug")])
def test_when_nobody_can_tell_and_the_transport_has_no_key_it_is_left_to_a_person(post, fault):
    message = post.queue("a", "email", to="kari@example.no")
    post.email.behave = raising(fault)
    post.run()
    post.later(hours=2)
    post.run()
    assert status(message) == "uncertain"
    assert len(post.email.given) == 1
    assert post.told() == ["uncertain"]
    assert [s.status for s in queries.in_trouble(7, since=post.now - timedelta(days=1))] == ["uncertain"]


def test_when_nobody_can_tell_but_the_key_is_honoured_it_is_sent_again_under_the_same_key(post):
    message = post.queue("a")
    post.sms.behave = raising(Unknown("timeout"))
    post.run()
    assert status(message) == "queued"
    post.sms.behave = lambda _m: Receipt()
    post.later(minutes=1)
    post.run()
    assert status(message) == "sent"
    assert [m.key for m in post.sms.given] == ["a", "a"]


def dying(post, channel):
    """A worker that is killed while the transport has the message."""
    carrier = post.sms if channel == "sms" else post.email
    carrier.behave = raising(KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        post.run("dying")
    carrier.behave = lambda _m: Receipt()


def test_a_worker_that_died_while_sending_leaves_an_uncertain_message_without_a_key(post):
    message = post.queue("a", "email", to="kari@example.no")
    dying(post, "email")
    post.run("other")
    assert status(message) == "sending"
    post.later(minutes=3)
    post.run("other")
    assert status(message) == "uncertain"
    assert message.reason == "worker_died"
    assert len(post.email.given) == 1
    assert post.told() == ["uncertain"]


def test_a_worker_that_died_while_sending_is_followed_up_under_the_same_key(post):
    message = post.queue("a")
    dying(post, "sms")
    post.later(minutes=3)
    post.run("other")
    assert status(message) == "sent"
    assert [m.key for m in post.sms.given] == ["a", "a"]


def test_what_a_dead_worker_had_only_claimed_is_taken_by_another(post):
    for key in "abc":
        post.queue(key, "email", to="kari@example.no")
    dispatch.claim("dead", now=post.now)
    assert post.run("other") == 0
    post.later(minutes=3)
    assert post.run("other") == 3
    assert set(post.told()) == {"sent"}


def test_a_worker_that_slept_past_its_lease_sends_nothing(post):
    message = post.queue("a")
    (mine,) = dispatch.claim("slow", now=post.now)
    post.later(minutes=3)
    dispatch._send(mine, post.sms, lambda: post.now, post.news.append)
    assert post.sms.given == []
    post.run("other")
    dispatch._send(mine, post.sms, lambda: post.now - timedelta(minutes=3), post.news.append)
    assert len(post.sms.given) == 1
    assert status(message) == "sent"


def test_an_answer_that_comes_after_the_lease_makes_the_uncertain_certain(post):
    message = post.queue("a", "email", to="kari@example.no")

    def behave(_outgoing):
        post.later(minutes=3)
        dispatch.recover({"sms": post.sms, "email": post.email}, now=post.now, tell=post.news.append)
        return Receipt("late")

    post.email.behave = behave
    post.run()
    assert status(message) == "sent"
    assert post.told() == ["uncertain", "sent"]


def test_what_is_withdrawn_is_not_sent(post):
    message, other = post.queue("a"), post.queue("b")
    assert withdraw(about=message.about, now=post.now) == 1
    post.run()
    assert status(message) == "withdrawn"
    assert message.body == ""
    assert status(other) == "sent"
    assert [m.key for m in post.sms.given] == ["b"]


def test_what_is_withdrawn_between_claim_and_sending_is_not_sent(post):
    message = post.queue("a")
    (mine,) = dispatch.claim("w", now=post.now)
    withdraw(about=message.about, now=post.now)
    dispatch._send(mine, post.sms, lambda: post.now, post.news.append)
    assert post.sms.given == []


def test_what_is_sent_cannot_be_withdrawn(post):
    message = post.queue("a")
    post.run()
    assert withdraw(about=message.about, now=post.now) == 0
    assert status(message) == "sent"


def test_states_are_asked_for_in_one_query(post, django_assert_num_queries):
    for key in "abc":
        post.queue(key)
    post.run()
    with django_assert_num_queries(1):
        states = queries.states_of([f"invitations.Invitation:{key}" for key in "abcd"])
    assert {about: [s.status for s in found] for about, found in states.items()} == {
        f"invitations.Invitation:{key}": ["sent"] for key in "abc"
    }


def test_the_oldest_waiting_message_is_known(post):
    assert queries.oldest_unsent_at() is None
    post.queue("a")
    assert queries.oldest_unsent_at() == post.now


@pytest.mark.parametrize(("current", "target"), list(itertools.product(MessageStatus, MessageStatus)))
def test_only_the_moves_in_the_table_can_be_made(current, target):
    assert MESSAGE.allows(current, target) == (target in MESSAGE.table.get(current, frozenset()))


def test_some_moves_must_never_be():
    never = [("uncertain", "queued"), ("uncertain", "sending"), ("sent", "queued"), ("failed", "queued")]
    never += [("withdrawn", target) for target in MessageStatus] + [("delivered", t) for t in MessageStatus]
    assert not [pair for pair in never if MESSAGE.allows(*map(MessageStatus, pair))]


def test_the_database_pairs_states_with_their_times(post):
    message = post.queue("a")
    for wrong in ({"status": "sent"}, {"status": "sending"}, {"status": "failed"}, {"settled_at": post.now}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Message.objects.filter(pk=message.pk).update(**wrong)


def test_the_inbox_keeps_one_of_each_key(post, settings):
    settings.BLIKK_DEMO = True
    inbox = chosen_transports()["sms"]
    post.sms.behave = inbox.send
    message = post.queue("a")
    post.run()
    inbox.send(post.sms.given[0])
    assert InboxMessage.objects.count() == 1
    assert status(message) == "delivered"


def test_outside_the_demo_there_is_no_inbox(post, settings):
    inbox = chosen_transports()["sms"]
    settings.BLIKK_DEMO = False
    post.sms.behave = inbox.send
    message = post.queue("a")
    post.run()
    assert InboxMessage.objects.count() == 0
    assert (status(message), message.reason) == ("failed", "demo_only")
    with pytest.raises(Exception, match="BLIKK_SMS_TRANSPORT"):
        chosen_transports()


def test_without_a_transport_the_message_fails_at_once(post, settings):
    settings.BLIKK_SMS_TRANSPORT = "none"
    post.sms = chosen_transports()["sms"]
    message = post.queue("a")
    post.run()
    assert (status(message), message.reason) == ("failed", "no_transport")


def test_an_address_is_hinted_at_only():
    assert hint("+4799999912") == "…12"
    assert hint("kari.nordmann@example.no") == "k…@example.no"


@pytest.mark.parametrize("fault", [NotSent("no_connection", retry=True), Unknown("gateway_500")])
def test_a_provider_that_is_away_for_an_hour_loses_and_doubles_nothing(post, fault):
    message, end = post.queue("a"), post.now + timedelta(hours=1)

    def behave(_outgoing):
        if post.now < end:
            raise fault
        return Receipt("late")

    post.sms.behave = behave
    while status(message) == "queued":
        post.now = max(post.now, message.next_at)
        post.run()
    assert (status(message), message.provider_id) == ("sent", "late")
    assert post.now >= end
    assert {given.key for given in post.sms.given} == {"a"}
    assert post.told() == ["sent"]


def test_a_provider_without_keys_that_answers_500_for_an_hour_is_asked_once_and_shown(post):
    messages = [post.queue(key, "email", to="kari@example.no") for key in "abc"]
    post.email.behave = raising(Unknown("gateway_500"))
    for _ in range(60):
        post.run()
        post.later(minutes=1)
    assert [status(message) for message in messages] == ["uncertain"] * 3
    assert len(post.email.given) == 3
    assert len(queries.in_trouble(7, since=post.now - timedelta(days=1))) == 3
