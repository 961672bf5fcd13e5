"""The examples in the documentation of the public methods and of mechanisms do what they say."""

from __future__ import annotations

import doctest
import inspect
from importlib import import_module

import pytest

from etiograph.case import Case
from etiograph.network.network import Network

HOMES = (
    "case", "questions.network", "questions.structure", "questions.learning", "questions.inference", "questions.uncertainty",
    "questions.advice", "network.mechanism", "network.noisy", "network.logit", "network.reading",
)  # fmt: skip


@pytest.mark.parametrize("name", HOMES)
def test_the_examples_of(name):
    module = import_module(f"etiograph.{name}")
    failed, tried = doctest.testmod(module, optionflags=doctest.NORMALIZE_WHITESPACE)
    assert tried > 0
    assert failed == 0


@pytest.mark.parametrize("cls", [Network, Case])
def test_every_question_shows_its_options(cls):
    for name, method in inspect.getmembers(cls, inspect.isfunction):
        if name.startswith("_"):
            continue
        told = inspect.signature(method)
        assert "options" not in told.parameters, name
        assert told.return_annotation is not told.empty, name
        assert (method.__doc__ or "").strip(), name
        if method.__module__.startswith(("etiograph.questions.", "etiograph.case")):
            assert "Examples\n" in method.__doc__, name
