"""Rules of a model file: what is read, and what is refused at its line."""

from __future__ import annotations

import pytest
from tests.texts import DRUG_AND_SALT

from etiograph.decision.red_flags import red_flags
from etiograph.errors import InvalidNetwork, UnknownName, UnreadableFile
from etiograph.formats.native import dumps_native, loads_native


def rule(text, name="r", level="see"):
    return f'[[rules]]\nid = "{name}"\nlevel = "{level}"\nmessage = "m"\n{text}\n'


def loaded(*rules):
    return loads_native(DRUG_AND_SALT + "".join(rules))


NESTED = (
    'when = {fever = "present", any = [{level = {from = 5.5, below = 6.0}}, '
    '{all = [{drug = "yes"}, {salt = "low"}], not = {level = {above = 4.0}}}]}'
)


def test_nested_conditions_and_limits_are_read_and_written():
    net = loaded(rule(NESTED))
    assert loads_native(dumps_native(net)) == net
    hot = {"fever": "present"}
    assert red_flags(net, {**hot, "level": "5.5 mmol/L"})
    assert not red_flags(net, {**hot, "level": "6.0 mmol/L"})
    assert red_flags(net, {**hot, "drug": "yes", "salt": "low"})
    assert not red_flags(net, {**hot, "drug": "yes", "salt": "low", "level": "4.2 mmol/L"})
    assert not red_flags(net, {"level": "5.5 mmol/L"})


REFUSED = [
    (UnknownName, "fewer", 'when = {any = [{fewer = "present"}]}'),
    (UnknownName, "maybe", 'when = {not = {drug = "maybe"}, fever = "present"}'),
    (UnknownName, "beneath", "when = {level = {beneath = 3.0}}"),
    (InvalidNetwork, "no reading", "when = {all = [{drug = {below = 3.0}}]}"),
    (UnreadableFile, "one condition", 'when = {fever = "present", not = [{drug = "yes"}]}'),
    (UnreadableFile, "a list of conditions", 'when = {any = {drug = "yes"}}'),
    (UnreadableFile, "a list of conditions", "when = {any = []}"),
    (InvalidNetwork, "has no 'when'", ""),
    (InvalidNetwork, "nothing can set off", "when = {level = {above = 6.0, below = 3.0}}"),
    (InvalidNetwork, "nothing can set off", "when = {level = {above = 9.0}}"),
    (InvalidNetwork, "nothing can set off", 'when = {drug = "no", all = [{drug = "yes"}]}'),
    (InvalidNetwork, "nothing can set off", 'when = {drug = "yes", not = {drug = ["yes"]}}'),
    (InvalidNetwork, "nothing can set off", 'change = {drug = "yes"}\nwhen = {drug = "yes"}'),
    (InvalidNetwork, "nothing can set off", 'when = {fever = "present"}\nany = []'),
    (InvalidNetwork, "set off by nothing found", 'when = {not = {drug = "yes"}}'),
    (UnknownName, "'s'", 'when = {fever = "present"}\nsilences = ["s"]'),
    (InvalidNetwork, "in a circle", 'when = {fever = "present"}\nsilences = ["r"]'),
]


@pytest.mark.parametrize(("kind", "said", "text"), REFUSED)
def test_what_means_nothing_is_refused_at_its_line(kind, said, text):
    with pytest.raises(kind) as error:
        loaded(rule(text))
    assert said in str(error.value)
    assert error.value.line > DRUG_AND_SALT.count("\n")


def test_a_caution_cannot_silence_what_is_urgent():
    quiet = rule('when = {fever = "present"}\nsilences = ["u"]', level="caution")
    with pytest.raises(InvalidNetwork, match="more pressing"):
        loaded(quiet, rule('when = {drug = "yes"}', "u", "urgent"))
    loaded(
        rule('when = {drug = "yes"}\nsilences = ["r"]', "u", "urgent"),
        rule('when = {drug = "yes"}'),
    )


def test_rules_that_silence_each_other_are_refused():
    a = rule('when = {drug = "yes"}\nsilences = ["b"]', "a")
    b = rule('when = {fever = "present"}\nsilences = ["a"]', "b")
    with pytest.raises(InvalidNetwork, match="in a circle"):
        loaded(a, b)


def test_what_is_changed_may_be_named_where_it_is_not_so_yet():
    net = loaded(rule('change = {drug = "yes"}\nwhen = {not = {salt = "low"}}', level="caution"))
    assert red_flags(net, {}, {"drug": "yes"})
    assert not red_flags(net, {"salt": "low"}, {"drug": "yes"})


@pytest.mark.parametrize("word", ["any", "all", "not"])
@pytest.mark.parametrize(
    "condition", ['{WORD = "yes"}', '{fever = "present", WORD = [{drug = "yes"}]}']
)
def test_a_variable_called_like_a_word_of_rules(word, condition):
    """The network is read; a rule on it, or with the word, says why it can't be told apart."""
    own = f'[variables.{word}]\nstates = ["no", "yes"]\n'
    own += 'mechanism = {kind = "table", array = [0.5, 0.5]}\n'
    net = loads_native(DRUG_AND_SALT + own + rule('when = {fever = "present"}'))
    assert net.case({word: "yes"}).red_flags() == ()
    with pytest.raises(InvalidNetwork, match=f"'{word}' is a variable here: a rule cannot tell it"):
        loads_native(DRUG_AND_SALT + own + rule(f"when = {condition.replace('WORD', word)}"))
