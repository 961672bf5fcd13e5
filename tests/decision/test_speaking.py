from __future__ import annotations

import pytest

import etiograph as eg
from etiograph.decision.speaking import cases, said_of


@pytest.mark.parametrize(
    ("sentence", "said"),
    [
        (
            "Of 100 people like this, 31 have rain (20 to 45).",
            "In 100 mornings like this, 31 with rain (20 to 45).",
        ),
        (
            "The largest change is in rain: 3 of 100 people like this have it now, 5 then.",
            "The largest change is in rain: 3 of 100 mornings like this have it now, 5 then.",
        ),
        ("how many of 100 people have it", "how many of 100 mornings have it"),
        ("it may not fit this person, or", "it may not fit this case, or"),
    ],
)
def test_a_sentence_on_people_is_said_of_other_cases(sentence, said) -> None:
    assert said_of("mornings", sentence) == said
    assert said_of("", sentence) == sentence


def test_a_report_on_other_things_than_people_does_not_speak_of_people() -> None:
    net = eg.load("sprinkler")
    assert cases(net) == "mornings"
    assert cases(eg.load("leg_cramps")) == ""
    name = next(iter(net.variables))
    text = net.case({name: net.variables[name].states[0]}).report(draws=50).to_text()
    assert "In 100 mornings like this" in text
    assert "people" not in text
    assert "person" not in text
