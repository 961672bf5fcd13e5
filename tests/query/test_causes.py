from __future__ import annotations

import pytest

import etiograph as eg
from etiograph.network.network import Network
from etiograph.query.causes import causes, open_causes
from etiograph.query.links import stand_ins

BINARY = ("True", "False")


def plain(about=None, **parents: tuple[str, ...]) -> Network:
    tables = {}
    for name, above in parents.items():
        row: list = [0.3, 0.7]
        for _ in above:
            row = [row, row]
        tables[name] = row
    return Network.from_tables(dict.fromkeys(parents, BINARY), parents, tables, about=about or {})


def said(events) -> list[tuple[str, tuple[str, ...]]]:
    return [(event.variable, event.states) for event in events]


def test_what_is_listed_comes_first() -> None:
    net = plain({"causes": ["b", "a=False"]}, a=(), b=(), c=("a", "b"))
    assert said(causes(net)) == [("b", ("True",)), ("a", ("False",))]
    assert said(open_causes(net, {"b": "True"})) == [("a", ("False",))]
    assert open_causes(net, {"a": "True", "b": "True"}) == ()


def test_of_a_plain_file_whatever_has_an_effect() -> None:
    net = plain(flu=(), fever=("flu",), cough=("flu",))
    assert said(causes(net)) == [("flu", ("True",))]  # "True" is listed before "False"
    assert said(open_causes(net, {"flu": "True"})) == [("fever", ("True",)), ("cough", ("True",))]


def test_what_has_one_state_is_no_question() -> None:
    states = {"a": ("only",), "b": ("no", "yes")}
    net = Network.from_tables(states, {"b": ("a",)}, {"a": [1.0], "b": [[0.5, 0.5]]})
    assert causes(net) == ()
    assert said(open_causes(net, {})) == [("b", ("yes",))]
    assert causes(Network.from_tables({"a": ("only",)}, {}, {"a": [1.0]})) == ()


def test_without_arrows_everything() -> None:
    assert said(causes(plain(a=(), b=()))) == [("a", ("True",)), ("b", ("True",))]


@pytest.mark.parametrize("name", ["asia", "sprinkler", "leg_cramps"])
def test_whoever_is_asked_ranks_the_same_causes(name: str) -> None:
    from etiograph.commands.answer import answer

    net = eg.load(name)
    rule = [(c.variable, c.states) for c in causes(net)]
    case = net.case()
    asked = answer(case)
    # Ranked by the part they had, where there is an outcome; what stands for no name is told apart.
    nameless = stand_ins(net) if asked.assumed else ()
    assert {(r.variable, r.states) for r in asked.rows} == {r for r in rule if r[0] not in nameless}
    told = {(r.variable, r.states) for r in case.report(draws=20).causes}
    assert told == {r for r in rule if r[0] not in nameless}
    assert set(said(case.intervals(20, causes_only=True).causes)) == set(rule)
