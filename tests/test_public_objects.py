"""Every object that a public method hands out is a value: pickled, copied, compared, hashed, shown."""

from __future__ import annotations

import copy
import importlib
import inspect
import json
import pickle
import pkgutil
import re

import numpy as np
import pytest
from tests.public_objects import CASE, NETWORK, one_of_each, public_names

import etiograph
from etiograph.case import Case
from etiograph.figures.draw import PICTURES
from etiograph.network.answer import Answer, Result
from etiograph.network.network import Network

SHORT = 400


@pytest.fixture(scope="module")
def objects():
    """One of each; made when asked for, as that takes half a minute."""
    return one_of_each()


@pytest.mark.parametrize(("cls", "asked"), [(Network, NETWORK), (Case, CASE)])
def test_no_public_name_is_forgotten(cls, asked):
    assert public_names(cls) == set(asked)


def test_the_answers_of_all_kinds_are_among_them(objects):
    names = {name.rpartition(".")[2] for name in objects}
    assert names >= {
        "Posterior", "Imagined", "Joint", "Explained", "Conflict", "Attribution", "Effect",
        "Causation", "Intervals", "Tornado", "SensitivityFunction", "Grid", "Turns", "Explanation",
        "NextTests", "Decision", "Surprise", "Flag", "Report", "Posteriors", "Case", "Network",
        "Variable", "Parameter", "NoisyOr", "Reading", "NotStates", "Likelihood", "Measured",
    }  # fmt: skip


# What the answers of the public methods are, and whether there is a picture of them.
ANSWERS = {
    "query.posterior.Posterior": True, "query.imagine.Imagined": True, "query.posterior.Joint": True,
    "query.attribution.Attribution": True, "query.change.Effect": True,
    "uncertainty.intervals.Intervals": True, "uncertainty.contrast.Contrast": True,
    "uncertainty.sensitivity.Tornado": True, "uncertainty.curves.SensitivityFunction": True,
    "uncertainty.curves.Grid": True, "decision.explain.Explanation": True,
    "decision.next_test.NextTests": True, "decision.interventions.Interventions": True,
    "learning.validation.Validation": True, "learning.update.Update": True,
    "query.posterior.Explained": False, "query.causation.Causation": False,
    "uncertainty.expected.ExpectedReading": False,
    "query.imagine.Counterfactual": False, "query.structure.Path": False,
    "query.identify.Identification": False, "query.table.Posteriors": False,
    "uncertainty.flip.Turns": False, "uncertainty.tuning.Tuned": False,
    "decision.conflict.Conflict": False, "decision.surprise.Surprise": False,
    "decision.next_steps.NextSteps": False, "decision.utility.Decision": False,
    "decision.red_flags.Flag": False, "learning.fit.Fit": False,
    "learning.criticise.Criticism": False, "learning.compare.Comparison": False,
    "curation.revision.Revision": False, "report.value.Report": False,
}  # fmt: skip
NO_ANSWERS = {
    "Network", "Case", "Drawing", "Record", "Variable", "Parameter", "FrozenMap", "Spread", "Several",
}  # fmt: skip
"""What public methods hand out that is not said of anybody: an input, a picture, a detail."""


def test_an_answer_is_a_table_plain_data_and_a_text(objects):
    for name, drawn in ANSWERS.items():
        answer = objects[f"etiograph.{name}"]
        assert len(repr(answer)) < SHORT, name
        assert len(answer.to_frame().columns) > 0, name
        assert answer._repr_html_().startswith(("<table", "<pre>")), name
        assert json.loads(json.dumps(answer.to_dict())).keys() == answer.to_dict().keys(), name
        assert isinstance(answer, Result), name
        assert isinstance(answer, Answer) == drawn == hasattr(answer, "plot"), name
        pictured = type(answer).__name__ in PICTURES
        assert pictured == drawn or name == "query.imagine.Counterfactual", name


def test_every_question_is_answered_so():
    told = {name.rpartition(".")[2] for name in ANSWERS} | NO_ANSWERS
    for cls in (Network, Case):
        for name, method in inspect.getmembers(cls, inspect.isfunction):
            if name.startswith("_"):
                continue
            said = str(inspect.signature(method).return_annotation)
            own = {word for word in re.findall(r"[A-Z]\w+", said) if word.isidentifier()}
            assert own <= told | {"DataFrame", "DiGraph", "FloatArray", "Mapping", "Any", "None"}, (
                name,
                said,
            )


def test_they_are_values(objects):
    for name, value in objects.items():
        for again in (pickle.loads(pickle.dumps(value)), copy.deepcopy(value), copy.copy(value)):
            assert type(again) is type(value), name
            equal = again == value
            assert equal is True, name
            unequal = again != value
            assert unequal is False, name
            if type(value).__hash__ is not None:  # a plain mapping has none
                assert hash(again) == hash(value), name
        for other in (1, "text", None, object()):
            equal = value == other
            assert equal is False, name
        _ = value == np.zeros(3)  # whatever numpy says, it says it
        assert len(repr(value)) < SHORT, name


def test_values_that_differ_are_not_equal():
    network = etiograph.load("sprinkler")
    names = list(network.variables)
    state = network.variables[names[0]].states[0]
    first, second = network.case(), network.case({names[0]: state})
    assert first.posterior() != second.posterior()
    assert first.joint(*names[:2]) != second.joint(*names[:2])
    assert first.most_probable() != second.most_probable()
    rows = [network.posteriors({names[0]: [s]}) for s in network.variables[names[0]].states]
    assert rows[0] != rows[1]
    assert len({*rows, rows[0]}) == 2


def test_an_imagined_answer_that_was_copied_still_answers():
    network = etiograph.load("leg_cramps_small")
    imagined = network.case(leg_cramps="present").had(diuretic="thiazide").posterior()
    again = pickle.loads(pickle.dumps(imagined))
    assert again["leg_cramps"] == imagined["leg_cramps"]
    assert again.effect("leg_cramps") == imagined.effect("leg_cramps")
    assert imagined != network.case(leg_cramps="present").had(diuretic="loop").posterior()


def test_what_is_long_is_told_by_its_first_items():
    network = etiograph.load("leg_cramps")
    text = repr(network.parameters)
    assert len(text) < SHORT
    assert text.startswith("{'age.50_to_64': Parameter(")
    assert f"... {len(network.parameters) - 2} more}}" in text


def all_of(base: type) -> list[type]:
    """The package's own kinds of an exception."""
    found = [each for sub in base.__subclasses__() for each in (sub, *all_of(sub))]
    return [each for each in dict.fromkeys(found) if each.__module__.startswith("etiograph.")]


ARGUMENTS = {
    "UnknownName": ("x", "variable", ("y",)),
    "UnknownUnit": ("x", "unit", ("y",)),
    "UnknownNameInFile": ("x", "variable", ("y",), "a.toml", 3),
    "InvalidNetworkFile": ("wrong", "a.toml", 3),
    "Implausible": ("too much", (0.0, 1.0), "mmol/L"),
    "ImpossibleFindings": ("no", ("a", "b")),
    "TooLarge": ("large", 3, 24),
    "UnreadableFile": ("no", "a.toml", 3),
    "UndefinedRows": ("a.bif", ("line 3",)),
    "RowsNormalised": ("a.bif", ("line 3",)),
    "AnswersItself": (("a", "b"),),
}
"""What is needed to make one, where that is not texts alone."""


def made(kind: type) -> BaseException:
    """One of a kind."""
    needed = [
        p
        for p in list(inspect.signature(kind.__init__).parameters.values())[1:]
        if p.default is p.empty and p.kind is p.POSITIONAL_OR_KEYWORD
    ]
    texts = tuple(f"words {i}" for i in range(len(needed) or 1))
    return kind(*ARGUMENTS.get(kind.__name__, texts))


def test_errors_and_warnings_come_out_of_another_process_as_they_went_in():
    for module in pkgutil.walk_packages(etiograph.__path__, "etiograph."):
        # Libraries that are compared with need not be there.
        if "pgmpy" not in module.name and ".programs." not in module.name:
            importlib.import_module(module.name)
    kinds = [*all_of(etiograph.EtiographError), *all_of(Warning)]
    assert {kind.__name__ for kind in kinds} >= set(ARGUMENTS)
    for kind in kinds:
        value = made(kind)
        for again in (pickle.loads(pickle.dumps(value)), copy.deepcopy(value), copy.copy(value)):
            assert type(again) is kind
            assert (str(again), vars(again)) == (str(value), vars(value))
