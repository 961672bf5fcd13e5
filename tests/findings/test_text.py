from __future__ import annotations

import pytest

import etiograph as eg
from etiograph.errors import InvalidFinding
from etiograph.findings.text import read_words
from etiograph.network.network import Network


def of(**states: tuple[str, ...]) -> Network:
    return named(states)


def named(states) -> Network:
    tables = {name: [1.0 / len(own)] * len(own) for name, own in states.items()}
    return Network.from_tables(states, {}, tables)


def test_a_word_is_a_name_and_a_value() -> None:
    net = of(a=("x", "y"), b=("low", "high"), c=("1", "2"), d=("x", "y"))
    parsed = read_words(net, ["a=x", "b = 0.62 mmol/L", "c=1", "c=2", "d!=y"])
    assert parsed == {"a": "x", "b": "0.62 mmol/L", "c": ["1", "2"], "d": eg.not_("y")}


@pytest.mark.parametrize("word", ["", "=", "a", "a=", "=b", " =b", "!=b", "a!="])
def test_a_word_without_a_name_and_a_value_is_refused(word: str) -> None:
    with pytest.raises(InvalidFinding, match="name=state"):
        read_words(of(a=("x", "y")), [word])


@pytest.mark.parametrize(
    ("word", "finding"),
    [
        ("BMI >= 30=True", ("BMI >= 30", "True")),
        ("BMI >= 30 = True", ("BMI >= 30", "True")),
        ("BMI >= 30!=True", ("BMI >= 30", eg.not_("True"))),
        ("ratio=a=b|c", ("ratio", "a=b|c")),
        ("x!=no", ("x!", "no")),
        ("cafe\u0301=o\u0302", ("caf\u00e9", "\u00f4")),  # decomposed letters
        ("nobody=b=c", ("nobody", "b=c")),  # refused by name later
    ],
)
def test_names_of_the_network_say_where_a_name_ends(word: str, finding) -> None:
    net = named(
        {
            "BMI >= 30": ("False", "True"),
            "ratio": ("a=b|c", "a"),
            "x!": ("no", "yes"),
            "caf\u00e9": ("\u00f4", "a"),
        }
    )
    assert read_words(net, [word]) == dict([finding])


def test_a_word_that_means_two_things_is_refused_with_both() -> None:
    net = named({"a": ("b=c", "d"), "a=b": ("c", "d")})
    with pytest.raises(InvalidFinding, match="'a=b' is 'c' or 'a' is 'b=c'"):
        read_words(net, ["a=b=c"])
    assert read_words(net, ["a=b=d"]) == {"a=b": "d"}


def test_findings_as_a_command_and_as_python_say_the_same() -> None:
    import shlex

    import etiograph as eg
    from etiograph.findings.text import as_command, as_python

    net = eg.load("leg_cramps_small")
    some = {n: v.states[0] for n, v in list(net.variables.items())[:3]}
    program, asked, name, *said = shlex.split(as_command("leg_cramps_small", some))
    assert (program, asked, name) == ("etiograph", "ask", "leg_cramps_small")
    assert read_words(net, said) == some
    made: dict = {}
    exec(as_python("leg_cramps_small", some).rpartition("\n")[0], made)
    assert dict(made["case"].evidence) == some
    odd = {"a b": "it's; rm -rf"}
    assert shlex.split(as_command("x", odd))[3] == "a b=it's; rm -rf"


def test_a_view_as_a_command_and_as_python() -> None:
    """The changes and the question stand in both, and both can be run."""
    import shlex

    import etiograph as eg
    from etiograph.findings.text import as_command, as_python

    found, change = {"dyspnoea": "present"}, {"smoking": "no"}
    words = shlex.split(as_command("asia", found, change, "after", ("--why",)))
    assert words[3:] == ["dyspnoea=present", "--after", "smoking=no", "--why"]
    code = as_python("asia", found, change, "after", "contrast('dyspnoea', draws=8)")
    made: dict = {}
    exec(code.rpartition("\n")[0], made)
    assert (made["case"].kind, dict(made["case"].changes)) == ("after", change)
    assert eval(code.rpartition("print")[2], made) == eg.load("asia").case(found).after(
        change
    ).contrast("dyspnoea", draws=8)
