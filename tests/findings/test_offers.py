"""What is offered while somebody types is what the words are read as."""

from __future__ import annotations

import pytest

import etiograph as eg
from etiograph.findings.line import read_line
from etiograph.findings.offers import offers, unasked
from etiograph.findings.speech import NOT
from etiograph.findings.vocabulary import names_of, spoken


@pytest.fixture(scope="module")
def net():
    return eg.load("leg_cramps")


def test_every_word_of_one_state_is_read_as_that_state(net):
    names = names_of(net)
    for offer in offers(net):
        for state, words in offer.states:
            for word in words:
                if word.split()[0] in NOT:  # without cirrhosis: in a line it says what is not so
                    continue
                if len(names.get(spoken(word), [offer.name])) == 1:  # else another may be meant
                    assert read_line(net, word).findings.get(offer.name) == state, word


def test_by_its_name_alone_a_variable_is_in_the_state_it_is_offered_in(net):
    alone = {offer.name: offer.alone for offer in offers(net)}
    assert alone["fever"] == "present"
    assert alone["statin"] == "yes"
    # Which of several, or a value, has to be said.
    assert not any(alone[name] for name in ("diuretic", "leg_swelling", "serum_potassium", "age"))


def test_each_word_stands_in_one_place(net):
    for offer in offers(net):
        told = [*map(spoken, offer.words), *(spoken(w) for _, ws in offer.states for w in ws)]
        assert len(told) == len(set(told)), offer.name


def test_medicines_are_found_by_class_brand_and_state(net):
    found = {offer.name: offer for offer in offers(net)}
    diuretic = dict(found["diuretic"].states)
    assert {"lasix", "furosemide"} <= set(diuretic["loop"])
    assert "indapamide" in diuretic["thiazide"]
    assert "quinine" in found["takes_quinine"].words
    assert "warfarin" in unasked(net)
    assert not {"metformin", "lasix", "quinine"} & set(unasked(net))


def test_a_network_without_labels_offers_its_own_names():
    found = {offer.name: offer for offer in offers(eg.load("asia"))}
    assert found["tuberculosis"].words[0] == "tuberculosis"
    assert found.keys() == eg.load("asia").variables.keys()


def test_a_value_behind_any_name_of_what_is_measured_is_read(net):
    """The field puts a name there and waits for the number: names with brackets and commas, too."""
    for offer in offers(net):
        reading = net.mechanisms.get(offer.name)
        for word in offer.words if getattr(reading, "kind", "") == "reading" else ():
            read = read_line(net, f"{word} {reading.cutpoints[0]:g} {reading.unit}")
            assert offer.name in read.findings, word
