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
        ("asia", "x_ray=abnormal", "whose X-ray is abnormal", "whose X-ray is not abnormal",
         "the X-ray is abnormal", "in how many is the X-ray abnormal"),
        ("asia", "smoking=yes", "with a habit of smoking", "without a habit of smoking",
         "there is a habit of smoking", "how many have a habit of smoking"),
        ("sprinkler", "cloudy=yes", "with clouds", "without clouds",
         "there are clouds", "in how many are there clouds"),
        ("sprinkler", "sprinkler=on", "where the sprinkler is on", "where the sprinkler is not on",
         "the sprinkler is on", "in how many is the sprinkler on"),
        ("simpson", "treatment=open_surgery", "whose treatment is open surgery",
         "whose treatment is not open surgery", "the treatment is open surgery",
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
        ("foreign", "cloudy=yes", "where cloudy is yes", "where cloudy is not yes",
         "cloudy is yes", "in how many is cloudy yes"),
        ("foreign", "HR=LOW|HIGH", "where HR is LOW or HIGH", "where HR is not LOW or HIGH",
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
