"""Any network, any findings, every page: a walk that meets no error box."""

from __future__ import annotations

import gzip
import os
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from tests.app.reading import VIEWS
from tests.mechanisms import random_network
from tests.odd_networks import described, ranged, renamed

import etiograph as eg
from etiograph.engine.sample import sample_states
from etiograph.formats import write
from etiograph.network.network import Network
from etiograph.resources import networks
from explorer import labels
from explorer.cases import CaseValue, Link, encode

pytestmark = pytest.mark.filterwarnings("ignore")  # Streamlit's own, under test

OWN = (
    "clinic.toml",
    "equals_sign_in_a_name.bif",
    "evil.toml",
    "plain.bif",
    "true_before_false.bif",
)
PUBLISHED = ("cancer", "earthquake", "survey", "sachs", "child", "insurance", "alarm", "hailfinder")
RANDOM = tuple(f"random {k}" for k in range(6))
ONE = "one variable"
EVERY = (*networks(), *OWN, *PUBLISHED, *RANDOM, ONE)
CASE_VIEWS = ("explore", "compare", "why", "priors")


@pytest.fixture(scope="module")
def opened(tmp_path_factory):
    """The network of a name, and what the explorer is started on to open it."""
    folder = tmp_path_factory.mktemp("walk")

    def open_(name):
        if name in networks():
            return eg.load(name), name
        if name in OWN:
            path = Path(__file__).parent / "networks" / name
            return eg.load(path), path
        if name in PUBLISHED:
            path = folder / f"{name}.bif"
            packed = Path(find_spec("pgmpy").origin).parent / f"utils/example_models/{name}.bif.gz"
            path.write_bytes(gzip.decompress(packed.read_bytes()))
            return eg.load(path), path
        path = folder / f"{name}.toml"
        if name == ONE:
            net = Network.from_tables({"coin": ("heads", "tails")}, {}, {"coin": [0.5, 0.5]})
        else:
            rng = np.random.default_rng(int(name.split()[1]))
            net = ranged(rng, described(rng, random_network(rng, 2, 9)))
            net = renamed(rng, net) if rng.random() < 0.5 else net
        write(net, path)
        return eg.load(path), path

    return open_


def person(rng, net):
    """The states of somebody the network brings forth."""
    row = sample_states(net.model, 1, rng)[0]
    return {name: v.states[row[net.model.index[name]]] for name, v in net.variables.items()}


def cases(rng, net):
    """Cases of every sort: nothing, some findings, all causes, everything, and what may contradict itself."""
    whole = person(rng, net)
    some = {name: state for name, state in whole.items() if rng.random() < 0.4}
    wild = {name: str(rng.choice(v.states)) for name, v in net.variables.items()}
    change = str(rng.choice(list(net.variables)))
    changes = ((change, str(rng.choice(net.variables[change].states))),)
    yield "nothing", CaseValue()
    yield "some", CaseValue(tuple(some.items()), changes)
    yield "causes", CaseValue(tuple((n, whole[n]) for n in labels.cause_names(net)))
    yield "everything", CaseValue(tuple(whole.items()), changes)
    yield "wild", CaseValue(tuple(wild.items()))


@pytest.mark.parametrize("name", EVERY)
def test_no_page_of_any_network_shows_an_error(open_app, opened, name):
    net, path = opened(name)
    rng = np.random.default_rng(7)
    named = net.about.get("name")
    identity = str(named) if named else Path(str(path)).stem
    every = list(cases(rng, net))
    if "ETIOGRAPH_LONG" not in os.environ:  # nothing known, and two of the other sorts in turn
        turn = EVERY.index(name) % 4
        every = [every[0], every[1 + turn], every[1 + (turn + 1) % 4]]
    for sort, case in every:
        address = encode(Link(identity, net.digest()[:8], case))
        app = open_app(path, address)
        for view in CASE_VIEWS if sort != "nothing" else VIEWS:
            if view != "explore":
                app.switch_page(f"views/{view}.py").run()
            said = [box.value for box in (*app.exception, *app.error)]
            assert said == [], (name, sort, view)
            entered = app.session_state["history"].present.findings
            assert len(entered) == len(case.findings), (name, sort, view, list(app.warning))
            for switch in ("tornado-on", "numbers-on"):
                box = next((t for t in app.toggle if t.key == switch), None)
                if box is not None and sort == "some":
                    box.set_value(True).run()
                    assert [e.value for e in (*app.exception, *app.error)] == [], (name, view)
