"""The lights, over all answers and ticks in all orders."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blikk.consultations.frame_questions import BUILT_IN, Danger, Given, Light, choice_of, light_of
from tests.builders import NOW

TIMES = st.integers(0, 100).map(lambda minutes: NOW + timedelta(minutes=minutes))
QUESTIONS = st.sampled_from(sorted(BUILT_IN))


@st.composite
def said(draw, question: str):
    """What a patient answered, perhaps after something worse that stays known."""
    value = draw(st.sampled_from(sorted(BUILT_IN[question])))
    at = draw(TIMES)
    danger = BUILT_IN[question][value].danger or draw(st.sampled_from(["", *Danger.values]))
    danger_at = (draw(TIMES) if draw(st.booleans()) else at) if danger else None
    return Given(value, at, draw(st.booleans()), danger, danger_at)


@given(
    QUESTIONS.flatmap(lambda name: st.tuples(st.just(name), said(name))),
    TIMES,
    st.sampled_from(["ok", "not_ok"]),
)
def test_what_the_clinician_heard_last_counts_and_nothing_earlier(asked, at, value):
    question, answer = asked
    light = light_of(question, answer, Given(value, at))
    if at >= answer.last_at:
        assert light == (Light.GREEN if value == "ok" else Light.RED)
    else:
        assert light == light_of(question, answer, None)


@given(QUESTIONS.flatmap(lambda name: st.tuples(st.just(name), said(name))))
def test_what_must_be_known_is_red_whatever_was_answered_afterwards(asked):
    question, answer = asked
    light = light_of(question, answer, None)
    if answer.danger:
        assert light == Light.RED
    else:
        assert light in {BUILT_IN[question][answer.value].light, Light.YELLOW}
    assert light != Light.UNANSWERED


@given(QUESTIONS, TIMES)
def test_nobody_who_is_helped_gets_green_for_being_alone(question, at):
    alone, helped = Given("a", at), Given("a", at, helped=True)
    assert light_of(question, alone, None) == Light.GREEN
    private = question in {"safe", "company", "overheard"}
    assert light_of(question, helped, None) == (Light.YELLOW if private else Light.GREEN)


def test_what_nobody_said_anything_about_is_unanswered():
    assert {light_of(question, None, None) for question in BUILT_IN} == {Light.UNANSWERED}


@pytest.mark.parametrize("worry", ["yes", "no"])
def test_a_clinics_own_question_is_red_for_the_answer_that_worries(worry):
    other = {"yes": "no", "no": "yes"}[worry]
    assert light_of("x" * 22, Given(worry, NOW), None, worry=worry) == Light.RED
    assert light_of("x" * 22, Given(other, NOW), None, worry=worry) == Light.GREEN
    assert choice_of("x" * 22, "a", worry=worry) is None


def test_every_danger_can_be_said_and_every_question_can_be_answered_well():
    dangers = {choice.danger for choices in BUILT_IN.values() for choice in choices.values()} - {""}
    assert dangers == set(Danger.values)
    for choices in BUILT_IN.values():
        assert choices["a"].light == Light.GREEN
