"""A small network computed from a full one: every number against sums written out."""

from __future__ import annotations

import warnings
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner, Result

import etiograph as eg
from etiograph.commands import cli
from etiograph.conformance.cases import done
from etiograph.curation.projection import Projection, fit_noisy_or
from etiograph.curation.projection_report import (
    BEGIN,
    END,
    AnswerPairs,
    arrows_left_out,
    markdown,
    write,
)
from etiograph.curation.skeleton import read_skeleton
from etiograph.errors import InvalidNetwork, UnknownName, UnreadableFile
from etiograph.formats.native import loads_native
from etiograph.network.noisy import NoisyOr
from etiograph.network.reading import Reading


def call(*words: object) -> Result:
    return CliRunner().invoke(cli.app, [str(word) for word in words])


def project(full: eg.Network, skeleton: str) -> Projection:
    return Projection(full, read_skeleton(skeleton, "skeleton.toml", full))


# a is old or young; u, a common cause of drug and ill, is summed out, as is the step between.
FULL = """format = 1
[about]
name = "big"
version = "2.0.0"
[variables.u]
states = ["no", "yes"]
mechanism.kind = "table"
mechanism.rows = [{p.yes = 0.5}]
[variables.drug]
states = ["none", "pill", "drops"]
mechanism.kind = "table"
mechanism.parents = ["u"]
mechanism.rows = [
  {when = {u = "no"}, p = {pill = 0.1, drops = 0.1}},
  {when = {u = "yes"}, p = {pill = 0.4, drops = 0.2}},
]
[variables.step]
states = ["no", "yes"]
mechanism.kind = "table"
mechanism.parents = ["drug"]
mechanism.rows = [{when = {drug = "none"}, p.yes = 0.1}, {p.yes = 0.5}]
[variables.ill]
states = ["absent", "present"]
mechanism.kind = "table"
mechanism.parents = ["u", "step"]
mechanism.rows = [
  {when = {u = "no", step = "no"}, p.present = 0.1},
  {when = {u = "no", step = "yes"}, p.present = 0.3},
  {when = {u = "yes", step = "no"}, p.present = 0.5},
  {when = {u = "yes", step = "yes"}, p.present = 0.9},
]
[variables.sign]
states = ["absent", "present"]
mechanism.kind = "deterministic"
mechanism.parents = ["step"]
mechanism.rows = [{when = {step = "yes"}, state = "present"}]
mechanism.default = "absent"
[variables.blood]
states = ["low", "high"]
[variables.blood.mechanism]
kind = "reading"
unit = "mmol/L"
mean = 4.0
sd = 0.5
plausible = [0.0, 20.0]
units = {"mg/dL" = 2.0}
cutpoints = [5.0]
[[variables.blood.mechanism.shifts]]
parent = "ill"
shift = {present = 2.0}
[[variables.blood.mechanism.shifts]]
parent = "u"
shift = {yes = 1.0}

[flags.fever]
[flags.thirst]

[[rules]]
id = "stop_any"
level = "caution"
change = {drug = "none"}
message = "Ask first."
[[rules]]
id = "fever_on_a_drug"
level = "urgent"
when = {fever = "present", drug = ["pill", "drops"]}
message = "Go."
[[rules]]
id = "only_pills"
level = "see"
when = {drug = "pill", thirst = "present"}
message = "Look."
[[rules]]
id = "step_or_blood"
level = "see"
any = [{step = "yes"}, {blood = {above = 8.0}}]
message = "Look."
"""

SMALL = """
[about]
name = "little"
[variables.drug]
states = {no = ["none"], yes = ["pill", "drops"]}
[variables.ill]
parents = ["drug"]
label = "illness"
[variables.blood]
parents = ["ill"]
[compare]
asked = {ill = "present"}
outcome = {ill = "present"}
cases = [{}, {drug = "yes"}, {blood = "6.5 mmol/L"}]
changes = [{small = {drug = "no"}}, {small = {drug = "yes"}}]
"""


@pytest.fixture(scope="module")
def projected() -> Projection:
    return project(loads_native(FULL), SMALL)


def test_worked_by_hand(projected: Projection) -> None:
    """P(drug) = (0.2 + 0.6) / 2; P(u | drug) = 3/4, P(u | none) = 1/3; step is 1/2 or 1/10."""
    small = projected.small
    np.testing.assert_allclose(small.table("drug"), [0.6, 0.4], rtol=1e-12)
    ill_yes = 0.25 * 0.2 + 0.75 * 0.7
    ill_no = 2 / 3 * (0.9 * 0.1 + 0.1 * 0.3) + 1 / 3 * (0.9 * 0.5 + 0.1 * 0.9)
    np.testing.assert_allclose(small.table("ill")[:, 1], [ill_no, ill_yes], rtol=1e-11)
    assert small.variables["ill"].label == "illness"
    assert {p.note for p in small.parameters.values()} == {projected.origin}
    assert projected.origin == f"computed from big 2.0.0, digest {projected.full.digest()[:12]}"


def test_reading_keeps_means_and_total_variance(projected: Projection) -> None:
    """Given ill, u is yes with some probability: its shift of 1 goes into mean and variance."""
    full = projected.full
    given = [full.case(ill=s).posterior() for s in ("absent", "present")]
    share = [p["u"]["yes"] for p in given]
    p_ill = full.case().posterior()["ill"]["present"]
    within = (1 - p_ill) * share[0] * (1 - share[0]) + p_ill * share[1] * (1 - share[1])
    reading = projected.small.mechanisms["blood"]
    assert isinstance(reading, Reading)
    mean, sd, shift = (p.value for p in projected.small.parameters.values() if "blood" in p.name)
    assert mean == pytest.approx(4.0 + share[0], rel=1e-11)
    assert shift == pytest.approx(2.0 + share[1] - share[0], rel=1e-11)
    assert sd == pytest.approx(np.sqrt(0.25 + within), rel=1e-11)
    assert dict(reading.units) == {"mg/dL": 2.0}
    case = projected.small.case(blood="3.25 mg/dL")  # 6.5 mmol/L
    assert case.posterior() == projected.small.case(blood="6.5 mmol/L").posterior()


def test_a_reading_keeps_the_shifts_of_all_its_parents() -> None:
    """Both parents of the full reading kept: nothing is summed out, nothing changes."""
    text = SMALL.replace("[variables.drug]", "[variables.u]\n[variables.drug]\nparents = ['u']", 1)
    text = text.replace('parents = ["ill"]', 'parents = ["ill", "u"]')
    small = project(loads_native(FULL), text).small
    found = {n: p.value for n, p in small.parameters.items() if "blood" in n}
    assert found == pytest.approx(
        {"blood.mean": 4.0, "blood.sd": 0.5, "blood.ill": 2.0, "blood.u": 1.0}, rel=1e-11
    )


LEVELS = """format = 1
[variables.sex]
states = ["female", "male"]
mechanism.kind = "table"
mechanism.rows = [{p.male = 0.25}]
[variables.drug]
states = ["no", "yes"]
mechanism.kind = "table"
mechanism.parents = ["sex"]
mechanism.rows = [{when = {sex = "female"}, p.yes = 0.2}, {p.yes = 0.6}]
[variables.salt]
states = ["normal", "low"]
order = ["low", "normal"]
mechanism.kind = "table"
mechanism.parents = ["drug"]
mechanism.rows = [{when = {drug = "no"}, p.low = 0.1}, {p.low = 0.3}]
[variables.serum]
states = ["low", "normal"]
[variables.serum.mechanism]
kind = "reading"
mean = 4.0
sd = 0.2
error = 0.1
cutpoints = [3.5]
defines = {parent = "salt", limits = [3.5]}
[[variables.serum.mechanism.shifts]]
parent = "salt"
shift = {low = -0.7}
[[variables.serum.mechanism.shifts]]
parent = "drug"
when = {salt = "normal"}
shift = {yes = -0.2}
[[variables.serum.mechanism.shifts]]
parent = "sex"
when = {salt = "normal"}
shift = {male = 0.4}
"""


@pytest.mark.parametrize("parents", [["salt", "drug"], ["salt"]])
def test_a_level_that_defines_a_state_sums_out_what_else_shifts_it(parents: list[str]) -> None:
    """P(male | no drug) = 0.1 / 0.7, P(male | drug) = 0.15 / 0.3; low lies at 3.3 whoever has it."""
    skeleton = f"[variables.drug]\n[variables.salt]\nparents = ['drug']\n[variables.serum]\nparents = {parents}\n"
    small = project(loads_native(LEVELS), skeleton + "[compare]\nasked = {salt = 'low'}\n").small
    found = {n: p.value for n, p in small.parameters.items() if "serum" in n}
    none, taken = 4.0 + 0.4 / 7, 3.8 + 0.2
    p_none, p_taken = 0.7 * 0.9, 0.3 * 0.7
    share = p_none / (p_none + p_taken)
    mean = none if "drug" in parents else share * none + (1 - share) * taken
    assert found["serum.mean"] == pytest.approx(mean, rel=1e-11)
    assert mean + found["serum.salt"] == pytest.approx(3.3, rel=1e-11)
    assert found["serum.error"] == 0.1
    spread = p_none * 0.16 * 6 / 49 + p_taken * 0.16 / 4
    if "drug" in parents:
        assert found["serum.drug"] == pytest.approx(taken - none, rel=1e-11)
        low = small.case(salt="low").expected("serum").mean.point
        assert small.case(salt="low", drug="yes").expected("serum").mean.point == low
    else:
        spread += p_none * (none - mean) ** 2 + p_taken * (taken - mean) ** 2
    assert found["serum.sd"] == pytest.approx(np.sqrt(0.04 + spread), rel=1e-11)


def test_lognormal_reading() -> None:
    """Factors on the median; the variance is that of the logarithm."""
    text = FULL.replace("mean = 4.0", 'distribution = "lognormal"\nmean = 4.0')
    small = project(loads_native(text), SMALL).small
    full = loads_native(text)
    share = [full.case(ill=s).posterior()["u"]["yes"] for s in ("absent", "present")]
    mean, sd, shift = (p.value for p in small.parameters.values() if "blood" in p.name)
    # The factor of u is 1: nothing is added to the variance.
    assert (mean, sd, shift) == pytest.approx((4.0, 0.5, 2.0), rel=1e-11)
    assert share[0] < share[1]


def test_rules_in_the_states_that_are_left(projected: Projection) -> None:
    rules = {rule["id"]: rule for rule in projected.small.rules}
    assert list(rules) == ["stop_any", "fever_on_a_drug", "step_or_blood"]
    assert rules["stop_any"]["change"] == {"drug": "no"}
    assert rules["fever_on_a_drug"]["when"] == {"fever": "present", "drug": "yes"}
    assert rules["step_or_blood"]["any"] == ({"blood": {"above": 8.0}},)
    assert list(projected.small.flags) == ["fever"]


def test_see_and_do_in_both(projected: Projection) -> None:
    """Without the common cause the small network takes all that is seen for an effect."""
    none, drug = AnswerPairs(projected).changes()
    full = projected.full
    assert drug.full[0] == pytest.approx(0.25 * 0.2 + 0.75 * 0.7, abs=1e-12)
    # do(drug): half have u, whatever form it takes.
    assert drug.full[1] == pytest.approx(0.5 * 0.2 + 0.5 * 0.7, abs=1e-12)
    assert drug.full[1] == pytest.approx(done(full, {}, {"drug": "pill"}, "ill")[1], abs=1e-12)
    assert drug.small[0] == pytest.approx(drug.full[0], abs=1e-11)
    assert drug.small[1] == pytest.approx(drug.small[0], abs=1e-12)
    assert none.full[1] > none.full[0]


def test_a_summary_takes_the_place_of_its_parents() -> None:
    """sign only names step: it may point to ill, and what is set in its place must be said."""
    skeleton = '[variables.sign]\n[variables.ill]\nparents = ["sign"]\n[compare]\n'
    asked = 'asked = {ill = "present"}\noutcome = {ill = "present"}\ncases = []\n'
    change = 'changes = [{small = {sign = "present"}, full = {step = "yes"}}]'
    full = loads_native(FULL)
    (row,) = AnswerPairs(project(full, skeleton + asked + change)).changes()
    assert row.full[1] == pytest.approx(0.5 * 0.3 + 0.5 * 0.9, abs=1e-12)
    untold = project(full, skeleton + asked + 'changes = [{small = {sign = "present"}}]')
    with pytest.raises(InvalidNetwork, match="say what is set"):
        AnswerPairs(untold).changes()


def test_arrows_left_out() -> None:
    full = loads_native(FULL)
    apart = project(full, '[variables.drug]\n[variables.ill]\n[variables.blood]\nparents = ["ill"]')
    assert arrows_left_out(apart) == [("drug", "ill")]
    with_u = (
        '[variables.u]\n[variables.sign]\n[variables.ill]\n[variables.blood]\nparents = ["ill"]'
    )
    expected = [("u", "sign"), ("u", "ill"), ("u", "blood"), ("sign", "ill")]
    assert arrows_left_out(project(full, with_u)) == expected


# -- against sums over all worlds -----------------------------------------------------------------


def random_network(rng: np.random.Generator, n: int) -> eg.Network:
    names = [f"v{i}" for i in range(n)]
    cards = {name: int(rng.integers(2, 4)) for name in names}
    parents = {
        name: [p for p in names[:i] if rng.random() < 0.6][-3:] for i, name in enumerate(names)
    }
    states = {name: [f"s{j}" for j in range(cards[name])] for name in names}
    tables = {
        name: rng.dirichlet(np.ones(cards[name]), size=[cards[p] for p in parents[name]])
        for name in names
    }
    return eg.Network.from_tables(states, parents, tables)


def whole(network: eg.Network, names: list[str]) -> np.ndarray:
    """P(names) as an array, by multiplying all tables out."""
    result = np.ones([v.card for v in network.variables.values()])
    at = {name: i for i, name in enumerate(network.variables)}
    for world in product(*(range(v.card) for v in network.variables.values())):
        for name in network.variables:
            given = tuple(world[at[p]] for p in network.parents(name))
            result[world] *= network.table(name)[(*given, world[at[name]])]
    rest = tuple(i for name, i in at.items() if name not in names)
    summed = result.sum(axis=rest)
    left = [name for name in at if name in names]
    return summed.transpose([left.index(name) for name in names])


def divergence(p: np.ndarray, q: np.ndarray) -> float:
    return float((p * np.log(p / q)).sum())


@pytest.mark.parametrize("seed", range(5))
def test_random_networks(seed: int) -> None:
    """Tables are what brute force gives, and no other tables on these arrows are nearer."""
    rng = np.random.default_rng(seed)
    full = random_network(rng, 6)
    kept = ["v0", "v2", "v4", "v5"]
    above: dict[str, set[str]] = {}
    for name in full.variables:
        above[name] = set(full.parents(name)).union(*(above[p] for p in full.parents(name)))
    arrows = {n: [p for p in kept if p in above[n]][-2:] for n in kept}
    text = "".join(f"[variables.{n}]\nparents = {ps!r}\n" for n, ps in arrows.items())
    small = project(full, text).small
    truth = whole(full, kept)
    for name in kept:
        axes = [kept.index(n) for n in (*arrows[name], name)]
        family = np.einsum(truth, range(len(kept)), axes)
        expected = family / family.sum(axis=-1, keepdims=True)
        np.testing.assert_allclose(small.table(name), expected, rtol=1e-10)
    tables = {n: small.table(n) for n in kept}
    states = {n: small.variables[n].states for n in kept}
    nearest = divergence(truth, whole(small, kept))
    for name in kept:
        moved = tables[name] * np.exp(0.1 * rng.standard_normal(tables[name].shape))
        other = {**tables, name: moved / moved.sum(axis=-1, keepdims=True)}
        assert (
            divergence(truth, whole(eg.Network.from_tables(states, arrows, other), kept)) > nearest
        )


def test_outside_engine() -> None:
    """P(x-ray | visit, smoking) of asia as pgmpy's variable elimination gives it."""
    pytest.importorskip("pgmpy")
    from etiograph.formats.pgmpy import to_pgmpy

    full = eg.load("asia")
    both = ["visit_to_asia", "smoking"]
    text = "".join(f"[variables.{n}]\n" for n in both)
    text += "".join(f"[variables.{n}]\nparents = {both}\n" for n in ("x_ray", "dyspnoea"))
    small = project(full, text).small
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pgmpy.inference import VariableElimination

        engine = VariableElimination(to_pgmpy(full))
        for name, given in product(("x_ray", "dyspnoea"), product((0, 1), repeat=2)):
            known = {n: full.variables[n].states[i] for n, i in zip(both, given, strict=True)}
            factor = engine.query([name], evidence=known, show_progress=False)
            order = [factor.state_names[name].index(s) for s in full.variables[name].states]
            np.testing.assert_allclose(small.table(name)[given], factor.values[order], atol=1e-12)


# -- noisy-OR -------------------------------------------------------------------------------------


def test_noisy_or_absorbs_an_independent_cause_into_the_leak() -> None:
    """1 - leak' = (1 - leak) (1 - 0.3 * 0.5); the other strengths stay."""
    text = """format = 1
    [variables.a]
    states = ["no", "yes"]
    mechanism = {kind = "table", rows = [{p = {yes = 0.4}}]}
    [variables.b]
    states = ["no", "some", "much"]
    mechanism = {kind = "table", parents = ["a"], rows = [{when = {a = "no"}, p = {some = 0.2, much = 0.1}}, {p = {some = 0.3, much = 0.3}}]}
    [variables.c]
    states = ["no", "yes"]
    mechanism = {kind = "table", rows = [{p = {yes = 0.3}}]}
    [variables.y]
    states = ["absent", "present"]
    [variables.y.mechanism]
    kind = "noisy_or"
    leak = 0.1
    links = [
      {parent = "a", strength = {yes = 0.25}},
      {parent = "b", strength = {some = 0.0, much = 0.6}},
      {parent = "c", strength = {yes = 0.5}},
    ]
    """
    plain = '[variables.a]\n[variables.b]\nparents = ["a"]\n[variables.y]\nkind = "noisy_or"\nparents = ["a", "b"]\n'
    small = project(loads_native(text), plain).small
    assert isinstance(small.mechanisms["y"], NoisyOr)
    values = {name: p.value for name, p in small.parameters.items() if name.startswith("y.")}
    expected = {"y.leak": 1 - 0.9 * 0.85, "y.a": 0.25, "y.b.much": 0.6}
    assert values == pytest.approx(expected, abs=1e-9)
    much = project(loads_native(text), plain + 'acts = {b = ["much"]}\n').small
    values = {name: p.value for name, p in much.parameters.items() if name.startswith("y.")}
    assert values == pytest.approx(expected, abs=1e-9)
    by_a = project(loads_native(text), plain + 'leak = ["a"]\n').small
    values = {name: p.value for name, p in by_a.parameters.items() if name.startswith("y.")}
    expected = {"y.leak.no": 0.235, "y.leak.yes": 1 - 0.765 * 0.75, "y.b.much": 0.6}
    assert values == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("seed", range(8))
def test_fit_is_the_nearest(seed: int) -> None:
    """Against a general minimiser on probabilities that no noisy-OR gives."""
    from scipy.optimize import minimize

    rng = np.random.default_rng(seed)
    design = np.array([(1, *cell) for cell in product((0, 1), repeat=4)], dtype=float)
    w, p = rng.dirichlet(np.ones(16)), rng.uniform(0.05, 0.95, 16)
    if seed == 0:
        p[3] = 0.0
    if seed == 1:
        w[design[:, 2] == 1] = 0.0

    def loss(theta: np.ndarray) -> float:
        q = np.clip(-np.expm1(-design @ theta), 1e-300, 1.0)
        return -float(w @ (p * np.log(q) - (1 - p) * (design @ theta)))

    found = fit_noisy_or(design, w, p)
    general = minimize(loss, np.full(5, 0.2), method="L-BFGS-B", bounds=[(0, None)] * 5, tol=1e-14)
    assert (found >= 0.0).all()
    assert loss(found) <= general.fun + 1e-12
    # The conditions of a maximum on theta >= 0.
    q = -np.expm1(-design @ found)
    slope = design.T @ (w * (p * (1 - q) / q - (1 - p)))
    assert slope.max() < 1e-9
    assert abs(slope @ found) < 1e-9
    if seed == 1:
        assert found[2] == 0.0


# -- refusals -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("skeleton", "said"),
    [
        ('[variables.u]\nparents = ["ill"]\n[variables.ill]', "no cause of 'u'"),
        ('[variables.ill]\nparents = ["u"]', "not kept"),
        ('[variables.drug]\nstates = {no = ["none"], yes = ["pill"]}', "taken over once"),
        ('[variables.drug]\nkind = "noisy_or"', "'noisy_or' for two states"),
        ('[variables.u]\nkind = "logit"', "kind is 'table'"),
        (
            '[variables.u]\n[variables.ill]\nparents = ["u"]\nleak = ["u"]',
            "leak and links of a noisy-OR",
        ),
        ("[variables.blood]", "has a parent"),
        ("[variables.fever]", "only raises a flag"),
        ("[variables.u]\nmeaning = 'x'", "has no 'meaning'"),
        ("[extra]", "has no 'extra'"),
    ],
)
def test_refused(skeleton: str, said: str) -> None:
    with pytest.raises(InvalidNetwork, match=said):
        project(loads_native(FULL), skeleton)


@pytest.mark.parametrize(
    "skeleton",
    [
        "[variables.ille]",
        '[variables.drug]\nstates = {no = ["nil"]}',
        '[variables.u]\n[variables.ill]\nkind = "noisy_or"\nparents = ["u"]\nacts = {u = ["no"]}',
    ],
    ids=["variable", "state", "state that acts"],
)
def test_unknown_names(skeleton: str) -> None:
    with pytest.raises(UnknownName):
        project(loads_native(FULL), skeleton)


def test_what_never_occurs_has_the_distribution_of_everyone() -> None:
    text = FULL.replace("rows = [{p.yes = 0.5}]", "rows = [{p.yes = 0.0}]")
    small = project(loads_native(text), '[variables.u]\n[variables.ill]\nparents = ["u"]').small
    np.testing.assert_allclose(small.table("ill")[0], small.table("ill")[1], rtol=1e-12)


def test_compare_must_be_whole() -> None:
    with pytest.raises(InvalidNetwork, match="compare needs"):
        markdown(project(loads_native(FULL), "[variables.u]\n[compare]\nasked = {u = 'yes'}"))


# -- the command ----------------------------------------------------------------------------------


def test_command(tmp_path: Path) -> None:
    full, skeleton = tmp_path / "full.toml", tmp_path / "skeleton.toml"
    out, readme = tmp_path / "small.toml", tmp_path / "README.md"
    full.write_text(FULL, encoding="utf-8")
    skeleton.write_text(SMALL, encoding="utf-8")
    readme.write_text(f"# Small\n{BEGIN}\nold\n{END}\nafter\n", encoding="utf-8")
    said = call("project", full, skeleton, "-o", out, "--into", readme)
    assert said.exit_code == 0, said.output
    projection = project(loads_native(FULL), SMALL)
    assert eg.load(out) == projection.small
    table = markdown(projection)
    assert table in said.stdout
    assert readme.read_text(encoding="utf-8") == f"# Small\n{BEGIN}\n{table}\n{END}\nafter\n"
    assert "| nothing known | 38.6 / 38.6 |" in table
    assert "| drug = yes | 57.5 | 57.5 | 45.0 | 57.5 |" in table


def test_command_without_a_place_in_the_readme(tmp_path: Path) -> None:
    readme = tmp_path / "README.md"
    readme.write_text("# Small\n", encoding="utf-8")
    with pytest.raises(UnreadableFile, match="no place between"):
        write(readme, "x")


def test_nothing_is_written_without_being_asked(tmp_path: Path) -> None:
    full, skeleton = tmp_path / "full.toml", tmp_path / "skeleton.toml"
    full.write_text(FULL, encoding="utf-8")
    skeleton.write_text(SMALL.partition("[compare]")[0], encoding="utf-8")
    said = call("project", full, skeleton)
    assert said.exit_code == 0, said.output
    assert "3 of 6 variables" in said.stdout
    assert sorted(p.name for p in tmp_path.iterdir()) == ["full.toml", "skeleton.toml"]
