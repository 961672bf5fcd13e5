"""N8: attribution against counting worlds: every contribution of every link written out.

A thousand networks on every push, fifty thousand in the long column.
"""

from __future__ import annotations

import os
from itertools import product

import numpy as np
import pytest

from etiograph.engine import enumerate as brute
from etiograph.errors import ImpossibleFindings
from etiograph.network.finding import likelihood
from etiograph.network.likelihoods import likelihood_row
from etiograph.network.mechanism import Row, Table
from etiograph.network.network import Network
from etiograph.network.noisy import MaxLink, NoisyLink, NoisyMax, NoisyOr, Opposing, Rate
from etiograph.network.variable import Variable
from etiograph.query import but_for
from etiograph.query.attribution import attribution
from etiograph.query.worlds import orders

LONG = bool(os.environ.get("ETIOGRAPH_LONG"))
CHUNKS = 100 if LONG else 4
NETWORKS = 500 if LONG else 250
NUMBERS = 5
"""Networks that differ in their numbers alone."""
GRADES = ("absent", "some", "much")
CAUSES = ("c0", "c1", "c2")


def strong(rng, variable):
    return {s: float(rng.random()) for s in variable.states[1:]}


def or_link(shape, rng, cause, others):
    """A link of one cause; of two together; or of one that another weakens."""
    kind = shape.choice(["one", "one", "pair", "weaker"]) if others else "one"
    if kind == "one":
        return NoisyLink.of(cause.name, strong(rng, cause))
    other = others[int(shape.integers(len(others)))]
    if kind == "pair":
        when = {cause.name: cause.states[1:], other.name: other.states[1:]}
        return NoisyLink((cause.name, other.name), (Rate(when, float(rng.random())),))
    return NoisyLink.of(cause.name, strong(rng, cause), {other.name: strong(rng, other)})


def or_side(shape, rng, causes, preventer=None):
    links = [or_link(shape, rng, c, [o for o in causes if o is not c]) for c in causes]
    if shape.random() < 0.3:
        links.append(or_link(shape, rng, causes[0], []))
    leak = [0.0, float(rng.random()), NoisyLink.of("c0", strong(rng, causes[0]))][shape.integers(3)]
    if isinstance(leak, NoisyLink) and "c0" not in [c.name for c in causes]:
        leak = 0.1
    preventers = (NoisyLink.of(preventer.name, strong(rng, preventer)),) if preventer else ()
    return NoisyOr(leak=leak, links=links, preventers=preventers)


def graded_part(rng):
    some, much = rng.dirichlet(np.ones(3))[:2].tolist()
    return {"some": some, "much": much}


def random_network(shape, rng):
    """Three causes, the second and third perhaps of the ones before; an effect y with a sign s."""
    variables, mechanisms = [], {}
    for i, name in enumerate(CAUSES):
        options = {"role": "background", "observable": False} if shape.random() < 0.2 else {}
        variable = Variable(name, GRADES[: int(shape.integers(2, 4))], **options)
        parents = tuple(v.name for v in variables[:i] if shape.random() < 0.4)
        size = tuple(v.card for v in variables if v.name in parents)
        array = rng.dirichlet(np.ones(variable.card), size=size)
        variables.append(variable)
        mechanisms[name] = Table(parents, array=array)
    kind = shape.choice(["or", "prevented", "max", "opposing"])
    if kind == "max":
        y = Variable("y", GRADES)
        rows = [
            (c, [Row({c.name: (s,)}, graded_part(rng)) for s in c.states[1:]]) for c in variables
        ]
        leak = graded_part(rng) if shape.random() < 0.7 else {}
        effect = NoisyMax(leak=leak, links=[MaxLink((c.name,), tuple(r)) for c, r in rows])
    elif kind == "opposing":
        y = Variable("y", ("normal", "low", "high"))
        effect = Opposing(or_side(shape, rng, variables[:2]), or_side(shape, rng, variables[1:]))
    else:
        y = Variable("y", ("absent", "present"))
        effect = or_side(shape, rng, variables, variables[1] if kind == "prevented" else None)
    sign = rng.dirichlet([1, 1], size=y.card)
    return Network(
        [*variables, y, Variable("s", ("no", "yes"))],
        {**mechanisms, "y": effect, "s": Table(("y",), array=sign)},
    )


def accumulations(model, name):
    """The families y is made of, as (family, contributions by parents) each link."""
    found = {}
    for family in model.families:
        if model.names[family.child].partition("~")[0] != name or not hasattr(family, "links"):
            continue
        k = model.cards[family.child]
        blocks = []
        for link in family.links:
            shape = (*(model.cards[p] for p in link.parents), k, k)
            block = model.tables[link.start : link.start + int(np.prod(shape))].reshape(shape)
            blocks.append(block[..., 0, :])
        found[model.names[family.child]] = (family, blocks)
    return found


class Worlds:
    """Every state of the causes and every contribution of every link to y."""

    def __init__(self, network):
        self.network, self.model = network, network.model
        self.parts = accumulations(self.model, "y")
        cards = [self.model.cards[self.model.index[c]] for c in CAUSES]
        self.place, sizes = {}, list(cards)
        for name, (_, blocks) in self.parts.items():
            for n, block in enumerate(blocks):
                self.place[name, n] = len(sizes)
                sizes.append(block.shape[-1])
        self.grid = np.indices(sizes).reshape(len(sizes), -1)
        self.weight = np.ones(self.grid.shape[1])
        for i, cause in enumerate(CAUSES):
            parents = [self.grid[CAUSES.index(p)] for p in network.parents(cause)]
            self.weight *= network.table(cause)[(*parents, self.grid[i])]
        for name, (family, blocks) in self.parts.items():
            for n, (link, block) in enumerate(zip(family.links, blocks, strict=True)):
                of = [self.grid[CAUSES.index(self.model.names[p])] for p in link.parents]
                self.weight *= block[(*of, self.grid[self.place[name, n]])]

    def reached(self, name, without=()):
        """The state an accumulation comes to, some of its links left out."""
        _, blocks = self.parts[name]
        own = [self.grid[self.place[name, n]] for n in range(len(blocks)) if n not in without]
        return np.max(own, axis=0, initial=0) if own else np.zeros(self.grid.shape[1], dtype=int)

    def y(self, main, without=()):
        """State of y with some links of the accumulation ``main`` left out."""

        def side(base):
            own = without if main in (base, f"{base}~causes") else ()
            if f"{base}~causes" not in self.parts:
                return self.reached(base, own)
            causes = self.reached(f"{base}~causes", own)
            return causes * (self.reached(f"{base}~prevented") == 0)

        if "y~lowering" in self.parts:
            low, high = side("y~lowering"), side("y~raising")
            return np.where(low == high, 0, np.where(low > 0, 1, 2))
        return side("y")


def check(network, found, event):
    states = network.variables["y"].states
    inside = [states.index(s) for s in event]
    worlds = Worlds(network)
    row = likelihood_row(network, found)
    model = network.model

    def weigh(name, states_of):
        offset = model.offsets[model.index[name]]
        return row[offset : offset + network.variables[name].card][states_of]

    if "y~lowering" in worlds.parts:
        main = "y~lowering" if event == ("low",) else "y~raising"
        mechanism = network.mechanisms["y"]
        mechanism = mechanism.lowering if main == "y~lowering" else mechanism.raising
    else:
        main = "y~causes" if "y~causes" in worlds.parts else "y"
        mechanism = network.mechanisms["y"]
    y = worlds.y(main)
    weight = worlds.weight * weigh("y", y)
    for i, cause in enumerate(CAUSES):
        weight = weight * weigh(cause, worlds.grid[i])
    sign = network.table("s")[y] * row[model.offsets[model.index["s"]] :][:2]
    weight = weight * sign.sum(axis=1)
    if weight.sum() <= 0:
        with pytest.raises(ImpossibleFindings):
            attribution(network, found, "y", event)
        return
    weight /= weight.sum()
    got = attribution(network, found, "y", event)
    holds = np.isin(y, inside)
    near = {"abs": 1e-12}
    assert got.p_event == pytest.approx(weight[holds].sum(), **near)
    family, blocks = worlds.parts[main]
    leaks = len(family.links) - len(mechanism.links)
    groups = {"leak": list(range(leaks))} if leaks else {}
    for n, link in enumerate(mechanism.links, leaks):
        groups.setdefault(link.parents[0], []).append(n)
    unnamed = [
        g
        for g in groups
        if g == "leak"
        or (network.variables[g].role == "background" and not network.variables[g].observable)
    ]
    asked = dict(groups)
    if unnamed:
        asked["idiopathic"] = [n for g in unnamed for n in groups[g]]
    fires = np.array([worlds.grid[worlds.place[main, n]] > 0 for n in range(len(blocks))])
    by_group = np.array([fires[own].any(axis=0) for own in groups.values()])
    assert got.none_fired == pytest.approx(weight[~fires.any(axis=0)].sum(), **near)
    assert got.several_fired == pytest.approx(weight[by_group.sum(axis=0) > 1].sum(), **near)
    for name, own in asked.items():
        share = got[name]
        fired = fires[own].any(axis=0)
        rest = np.delete(fires, own, axis=0).any(axis=0)
        assert share.fired == pytest.approx(weight[fired].sum(), **near)
        assert share.only == pytest.approx(weight[fired & ~rest].sum(), **near)
        if name in CAUSES:
            needed = by_twin(network, row, name, inside)
        else:
            without = np.isin(worlds.y(main, own), inside)
            needed = weight[holds & ~without].sum()
        assert share.needed == pytest.approx(needed, **near), name


def by_twin(network, row, cause, inside):
    """P(event, and none had the cause been in its first state), over all settings of the noise."""
    model = network.model
    i, y = model.index[cause], model.index["y"]
    both = brute.counterfactual(model, row, {i: 0}, orders=orders(network))
    was, then = (np.isin(world[:, y], inside) for world in (both.actual, both.changed))
    return both.weight[was & ~then].sum() / both.weight.sum()


def random_findings(shape, rng, network):
    found = {}
    for name, variable in network.variables.items():
        draw = shape.random()
        if draw < 0.25:
            found[name] = str(shape.choice(variable.states))
        elif draw < 0.4:
            found[name] = likelihood({s: float(rng.random() * 4) for s in variable.states})
    return found


def random_event(shape, network):
    states = network.variables["y"].states
    if states[0] == "normal":
        return (str(shape.choice(["low", "high"])),)
    options = [e for n in (1, 2) for e in product(states, repeat=n) if len(set(e)) == n]
    # The lowest state beside the highest leaves it open what the leak was needed for.
    options = [e for e in options if set(e) != {"absent", "much"}]
    event = options[int(shape.integers(len(options)))]
    return tuple(s for s in states if s in event)


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_attribution_against_counting_worlds(chunk, monkeypatch):
    if chunk % 2:
        # As where the event is rare: one twin network, no difference of two.
        monkeypatch.setattr(but_for, "LEAST", 2.0)
    rng = np.random.default_rng((44, chunk))
    for n in range(NETWORKS):
        # A structure and a pattern of findings serve a few networks: programs are made once for them.
        shape = np.random.default_rng((45, chunk, n // NUMBERS))
        network = random_network(shape, rng)
        check(network, random_findings(shape, rng, network), random_event(shape, network))


def test_what_a_leak_was_needed_for_can_be_unclear():
    """Of none and much, some lies between: without the leak it might be none, or some."""
    network = Network(
        [Variable("c", ("no", "yes")), Variable("y", GRADES)],
        {
            "c": Table((), array=[0.5, 0.5]),
            "y": NoisyMax(
                leak={"some": 0.2, "much": 0.1}, links=[MaxLink.of("c", {"yes": {"some": 0.5}})]
            ),
        },
    )
    got = attribution(network, {}, "y", ("absent", "much"))
    assert np.isnan(got["leak"].needed)
    assert not np.isnan(got["c"].needed)
