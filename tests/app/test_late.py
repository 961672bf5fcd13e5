"""What comes after the answer says the same as the library asked directly."""

from __future__ import annotations

import threading

import pytest

import etiograph as eg
from etiograph.decision.next_test import ASKED
from explorer import answers, graph, labels, late, parts

pytestmark = pytest.mark.filterwarnings("ignore")  # Streamlit's own, outside a session

CASES = {
    "clinic.toml": [(), (("pregnancy", "late"),), (("tablet", "yes"), ("swelling", "present"))],
    "leg_cramps": [
        (("leg_cramps", "present"),),
        (("leg_cramps", "present"), ("age", "65_and_over"), ("diuretic", "thiazide")),
    ],
}


@pytest.fixture
def case_of(networks):
    """A network and the findings of a case that it knows."""

    def of(name, findings):
        net = eg.load(networks / name if "." in name else name)
        known = {n: v for n, v in findings if n in net.variables and v in net.variables[n].states}
        return net, labels.in_order(net, tuple(known.items()))

    return of


@pytest.mark.parametrize(
    ("name", "findings"), [(name, case) for name, cases in CASES.items() for case in cases]
)
def test_a_preview_is_the_posterior_with_that_finding(case_of, name, findings):
    net, known = case_of(name, findings)
    now = answers.posterior(net, known)
    asked = tuple(
        (each, state)
        for each in labels.input_names(net)
        if each in net.variables and each not in dict(known)
        for state in net.variables[each].states
    )[:40]
    shown = tuple(graph.spoken(net, name, now) for name in net.variables)
    found = late.previews(net, known, asked, shown)
    assert found.moved
    places = {event.variable: place for place, event in enumerate(shown)}
    target = labels.target(net)
    if target and target not in dict(known):  # the main question is never left out
        assert places[target] in found.worked
        open_ = set(net.parents(target)) - dict(known).keys()
        assert {places[parent] for parent in open_} <= set(found.worked)
    for pair in asked:
        moved = found.moved.get(pair)
        if moved is None:
            continue
        after = answers.posterior(net, labels.in_order(net, (*known, pair)))
        for place, p in moved.items():
            assert p == pytest.approx(shown[place].within(after.p), abs=1e-10)
        if not after.ok:  # cannot be: nothing follows
            assert moved == {}
            continue
        for place in set(found.worked) - moved.keys():  # what does not move was looked at
            assert abs(shown[place].within(after.p) - shown[place].within(now.p)) < 0.01 + 1e-9


def test_what_has_no_name_is_the_share_of_the_attribution(case_of):
    net, known = case_of("leg_cramps", CASES["leg_cramps"][1])
    whole = net.case(dict(known)).attribution("leg_cramps", "present", needed=False)
    assert answers.none_of(net, known) == pytest.approx(whole["idiopathic"].only, abs=1e-10)


def test_a_case_of_many_findings_is_asked_about_everything_and_a_wide_one_about_what_tells(case_of):
    net, wide = case_of("leg_cramps", CASES["leg_cramps"][0])
    for known in (wide, ()):
        asked = {test.names[0] for test in late.next_tests(net, known).tests}
        assert asked >= set(parts.telling(net, parts.FEW)) - dict(known).keys() - {"leg_cramps"}
    gains = {
        test.names[0]: test.gain
        for test in net.case(dict(wide)).next_tests(pairs=False, acted=True).tests
    }
    for test in late.next_tests(net, wide).tests:
        assert test.gain == pytest.approx(gains[test.names[0]], rel=1e-9, abs=1e-12)


def test_ranges_say_from_how_many_runs(case_of):
    net, known = case_of("leg_cramps", CASES["leg_cramps"][1])
    found = late.ranges(net, known)
    direct = net.case(dict(known)).intervals(draws=found.draws, causes_only=True, acted=False)
    assert found.draws in parts.DRAWS
    assert found.verdict == direct.verdict
    for (name, state), (low, high) in found.ranges.items():
        cell = direct.answers[name][state]
        assert (low, high) == pytest.approx((cell.low, cell.high), rel=1e-12)


def test_causes_themselves_are_not_what_to_ask_next(case_of):
    """A disease is what the question is about; also where only part of the network is looked at."""
    net, known = case_of("leg_cramps", (("leg_cramps", "present"), ("pain_on_walking", "present")))
    reach = parts.reach_of(net, known, len(labels.cause_rows(net)))
    assert len(reach) < len(net.variables)
    found = late.next_tests(net, known)
    assert found.tests
    assert {net.variables[name].role for test in found.tests for name in test.names} <= set(ASKED)


def test_turns_go_by_arrival_and_who_leaves_holds_nobody_up():
    turns, order, inside = late.Turns(1), [], threading.Event()

    class Gone(Exception):
        pass

    def leave():
        raise Gone

    def wait(name):
        with turns.turn(lambda: None):
            order.append(name)

    with turns.turn(lambda: None):
        with pytest.raises(Gone), turns.turn(leave):
            inside.set()
        threads = []
        for name in "abc":
            threads.append(threading.Thread(target=wait, args=(name,)))
            threads[-1].start()
            while len(turns._line) < 1 + len(threads):
                pass
        assert not order
    for thread in threads:
        thread.join(60)
    assert not inside.is_set()
    assert order == ["a", "b", "c"]
    assert not turns._line


def test_two_at_a_time_are_never_three():
    turns, go_on = late.Turns(2), threading.Event()

    def stay():
        with turns.turn(lambda: None):
            go_on.wait(60)

    threads = [threading.Thread(target=stay) for _ in range(3)]
    for thread in threads:
        thread.start()
    while len(turns._line) < 3:
        pass
    assert [one.is_set() for one in turns._line] == [True, True, False]
    go_on.set()
    for thread in threads:
        thread.join(60)
    assert not turns._line


@pytest.mark.parametrize("name", ["asia", "leg_cramps_small"])
def test_what_tells_most_before_anything_is_known_is_worked_out_once(name, monkeypatch):
    """The list of findings and what to ask next are one answer: a thousand variables take seconds."""
    net = eg.load(name)
    at_once = parts.telling(net, 3)
    monkeypatch.setattr(late, "_worked_out", None)  # no other is asked for
    found = late.next_tests(net, parts.start(net))
    assert {test.names[0] for test in found.tests} >= set(at_once) - dict(parts.start(net)).keys()
