"""Events as parts of a sentence: nouns where the file says so, else variable and state."""

from __future__ import annotations

import numpy as np
import pytest

import etiograph as eg
from etiograph.network.event import Event
from etiograph.teaching.phrases import Phrases


@pytest.fixture(scope="module")
def foreign():
    """A file that says nothing of itself."""
    states = {
        "cloudy": ["yes", "no"],
        "HR": ["LOW", "NORMAL", "HIGH"],
        "ill": ["absent", "present"],
    }
    flat = {n: np.full(len(s), 1 / len(s)) for n, s in states.items()}
    return eg.Network.from_tables(states, dict.fromkeys(states, ()), flat)


@pytest.mark.parametrize(
    ("network", "event", "having", "without", "so", "many"),
    [
        ("asia", "lung_cancer=present", "with lung cancer", "without lung cancer",
         "there is lung cancer", "how many have lung cancer"),
        ("asia", "lung_cancer=absent", "without lung cancer", "with lung cancer",
         "there is no lung cancer", "how many do not have lung cancer"),
        ("asia", "x_ray=abnormal", "whose X-ray is abnormal", "whose X-ray is normal",
         "the X-ray is abnormal", "in how many is the X-ray abnormal"),
        ("asia", "tuberculosis_or_cancer=present", 'with "tuberculosis or cancer"',
         'without "tuberculosis or cancer"', 'there is "tuberculosis or cancer"',
         'how many have "tuberculosis or cancer"'),
        ("asia", "smoking=yes", "with a habit of smoking", "without a habit of smoking",
         "there is a habit of smoking", "how many have a habit of smoking"),
        ("sprinkler", "cloudy=yes", "with clouds", "without clouds",
         "there are clouds", "in how many are there clouds"),
        ("sprinkler", "sprinkler=on", "where the sprinkler is on", "where the sprinkler is off",
         "the sprinkler is on", "in how many is the sprinkler on"),
        ("simpson", "treatment=open_surgery", "whose treatment is open surgery",
         "whose treatment is puncture", "the treatment is open surgery",
         "in how many is the treatment open surgery"),
        ("leg_cramps_small", "poor_circulation=venous", "with poor circulation (venous)",
         "without poor circulation (venous)", "there is poor circulation (venous)",
         "how many have poor circulation (venous)"),
        ("leg_cramps_small", "leg_cramps=present", "with leg cramps", "without leg cramps",
         "there are leg cramps", "how many have leg cramps"),
        ("leg_cramps_small", "age=65_and_over", "who are 65 or over", "who are not 65 or over",
         "the age is 65 or over", "how many are 65 or over"),
        ("leg_cramps_small", "calcium_supplement=yes", "who take a calcium supplement",
         "who do not take a calcium supplement", "a calcium supplement is taken",
         "how many take a calcium supplement"),
        ("foreign", "cloudy=yes", "where cloudy is yes", "where cloudy is no",
         "cloudy is yes", "in how many is cloudy yes"),
        ("foreign", "HR=LOW|HIGH", "where HR is LOW or HIGH", "where HR is NORMAL",
         "HR is LOW or HIGH", "in how many is HR LOW or HIGH"),
        ("foreign", "ill=present", "with ill", "without ill", "there is ill", "in how many is there ill"),
    ],
)  # fmt: skip
def test_an_event_in_a_sentence(foreign, network, event, having, without, so, many):
    opened = foreign if network == "foreign" else eg.load(network)
    say, asked = Phrases(opened), Event.parse(opened, event)
    assert say.having(asked) == having
    assert say.having(asked, but=True) == without
    assert say.so(asked) == so
    assert say.many(asked) == many


@pytest.mark.parametrize(
    ("number", "event", "said"),
    [
        ("1 of 100", "diabetes=present", "1 of 100 has diabetes"),
        ("28 of 100", "age=65_and_over", "28 of 100 are 65 or over"),
        ("26 of 100", "age=50_to_64", "26 of 100 are 50 to 64 years old"),
        ("12 of 100", "calcium_supplement=no", "12 of 100 do not take a calcium supplement"),
        ("3 of 100", "serum_magnesium=low", "in 3 of 100 the serum magnesium is low"),
    ],
)
def test_a_count_has_the_verb_of_what_is_counted(number, event, said):
    network = eg.load("leg_cramps_small")
    assert Phrases(network).count(number, Event.parse(network, event)) == said


def test_a_plural_has_the_verb_of_a_plural():
    say = Phrases(eg.load("leg_cramps_small"))
    told = [
        say.agree(name, "does", "do") for name in ("leg_cramps", "diabetes", "poor_circulation")
    ]
    assert told == ["do", "does", "does"]


def test_two_events_are_joined_by_what_fits_both():
    network = eg.load("asia")
    ill, sign = (Event.parse(network, e) for e in ("lung_cancer=present", "x_ray=abnormal"))
    say = Phrases(network)
    assert say.both(ill) == "with lung cancer"
    assert say.both(ill, sign) == "who have lung cancer and whose X-ray is abnormal"
    assert say.fact(sign) == "an abnormal X-ray"
