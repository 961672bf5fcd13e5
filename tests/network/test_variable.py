"""Variables and the frozen mapping they and the mechanisms stand in."""

from __future__ import annotations

import copy
import pickle

import pytest

from etiograph.errors import InvalidNetwork, TooLarge, UnknownName, UnreadableFile
from etiograph.network.frozen import FrozenMap, canonical
from etiograph.network.parameter import Parameter
from etiograph.network.variable import Variable


def test_fields() -> None:
    variable = Variable(
        "calcium_level",
        ("normal", "low", "high"),
        order=("low", "normal", "high"),
        state_labels=(("low", "below 2.1 mmol/L"),),
    )
    assert variable.label == "calcium level"
    assert variable.card == 3
    assert variable.ordered == ("low", "normal", "high")
    assert variable.index("high") == 2
    assert variable.state_label("low") == "below 2.1 mmol/L"
    assert Variable("a_b", ("not_taking", "x")).state_label("not_taking") == "not taking"
    assert Variable("a", ("x", "y")).ordered == ("x", "y")


def test_names_are_brought_to_one_form() -> None:
    assert Variable("cafe\u0301", ("e\u0301", "b")).name == "caf\u00e9"
    assert Variable("<0.70 mmol, \u201chigh\u201d", ("a b", "<0.70")).states == ("a b", "<0.70")


@pytest.mark.parametrize(
    ("name", "states", "more", "message"),
    [
        ("", ("a",), {}, "empty"),
        ("a\nb", ("a",), {}, "control characters"),
        (3, ("a",), {}, "must be text"),
        ("v", (), {}, "no states"),
        ("v", ("a", "b", "a"), {}, "'a' is listed twice"),
        ("v", ("caf\u00e9", "cafe\u0301"), {}, "listed twice"),
        ("v", ("a", "b\x00"), {}, "control characters"),
        ("v", "ab", {}, "must be a list"),
        ("v", ("a", 1), {}, "must be text"),
        ("v", ("a", "b"), {"order": ("a",)}, "order"),
        ("v", ("a", "b"), {"cost": -1.0}, "cost"),
    ],
)
def test_refused(name: str, states: tuple[str, ...], more: dict[str, object], message: str) -> None:
    with pytest.raises(InvalidNetwork, match=message):
        Variable(name, states, **more)  # type: ignore[arg-type]


def test_unknown_names_get_the_nearest() -> None:
    with pytest.raises(
        UnknownName, match=r"no state of 'v' is called 'presnt'; did you mean 'present'\?"
    ):
        Variable("v", ("absent", "present")).index("presnt")
    with pytest.raises(UnknownName, match="there are: absent, present"):
        Variable("v", ("absent", "present")).index("zzz")
    with pytest.raises(UnknownName, match="role"):
        Variable("v", ("a",), role="habits")
    with pytest.raises(UnknownName):
        Variable("v", ("a",), state_labels=(("b", "B"),))


def test_errors_survive_pickling() -> None:
    for error in (
        UnknownName("diuretc", "variable", ["diuretic"]),
        UnreadableFile("bad", "a.toml", 3),
        TooLarge("big", 10, 80),
    ):
        again = pickle.loads(pickle.dumps(error))
        assert str(again) == str(error)
    assert str(UnreadableFile("bad", "a.toml", 3)) == "a.toml:3: bad"


def test_frozen_map() -> None:
    frozen = FrozenMap({"a": 1})
    with pytest.raises(TypeError):
        frozen["b"] = 2
    with pytest.raises(TypeError):
        frozen.update(b=2)
    assert pickle.loads(pickle.dumps(frozen)) == frozen == copy.deepcopy(frozen)
    assert hash(frozen) == hash(FrozenMap({"a": 1}))


def test_canonical_bytes_differ_where_values_do() -> None:
    def of(value: object) -> bytes:
        parts: list[bytes] = []
        canonical(value, parts.append)
        return b"".join(parts)

    values = [1.0, 0.1, "1", ("a", "b"), ("ab",), {"a": "b"}, None, True, ()]
    assert len({of(v) for v in values}) == len(values)
    assert of(1) == of(1.0)


def test_time_in_a_variable_is_checked() -> None:
    lasting = {"cirrhosis": "", "chronic": "2 years"}
    liver = Variable("liver", ("none", "chronic", "cirrhosis"), lasting=lasting)  # type: ignore[arg-type]
    assert liver.lasting == (("cirrhosis", ""), ("chronic", "2 years"))
    assert Variable("x", ("a", "b"), lasting=("b",)).lasting == (("b", ""),)  # type: ignore[arg-type]
    for options, said in (
        ({"lasting": ("a",)}, "reference state"),
        ({"lasting": ("b", "b")}, "twice"),
        ({"lasting": {"b": "soon"}}, "no stretch of time"),
        ({"lasting": {"b": "0 weeks"}}, "no stretch of time"),
        ({"persistence": 0.5}, "recurring variable"),
        ({"recurring": True, "persistence": 1.5}, "not within 0 and 1"),
        ({"recurring": True, "persistence": Parameter("s", "mean", 0.5)}, "not a mean"),
    ):
        with pytest.raises(InvalidNetwork, match=said):
            Variable("x", ("a", "b"), **options)
    with pytest.raises(UnknownName):
        Variable("x", ("a", "b"), lasting=("c",))  # type: ignore[arg-type]
