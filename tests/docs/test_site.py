"""The site: it builds without a warning or a dead link, its examples run, and things are found in it."""

from __future__ import annotations

import doctest
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

PAGES = (
    "start/researcher.md", "start/teacher.md", "howto/own_network.md", "howto/other_programs.md",
    "ideas/worlds.md", "ideas/causes.md", "ideas/time.md", "ideas/ranges.md", "ideas/coupling.md",
)  # fmt: skip

LOOKED_FOR = {
    "install": "install", "first answer for a clinician": "clinician", "start teaching": "teacher",
    "counterfactual": "imagine", "what if I stop the drug": "after", "probability of necessity": "needed",
    "explaining away": "teacher", "adjustment set": "adjustment_sets", "front door": "front_door_sets",
    "d-separation": "d_separated", "Markov blanket": "markov_blanket", "estimand formula": "identify",
    "causal effect": "effect", "credible interval": "intervals", "interval of a difference": "contrast",
    "tornado": "tornado", "which number matters": "sensitivity", "what to test next": "next_tests",
    "red flags": "red_flags", "report to print": "report", "draw the network": "plot",
    "noisy-OR": "noisyor", "a measured value": "measured", "CSV of patients": "tables of cases",
    "learn from data": "data of your own", "open a GeNIe file": "other programs", "from pgmpy": "pgmpy",
    "command line options": "command line", "model file keys": "model file", "write a lesson": "lesson",
    "how reliable is it": "how wrong", "speed": "measured", "memory limit": "memory_limit",
}  # fmt: skip
"""What somebody new looks for, written before looking, and a word of the title or heading it stands under."""


@pytest.fixture(scope="module")
def site(root, tmp_path_factory) -> Path:
    pytest.importorskip("mkdocs")
    out = tmp_path_factory.mktemp("site")
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(out)],
        cwd=root,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return out


@pytest.mark.slow
def test_nothing_is_fetched(site):
    for page in site.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        for kind in ("script", "link", "img", "iframe"):
            for tag in re.findall(rf"<{kind}\b[^>]*>", text):
                if 'rel="canonical"' not in tag:
                    assert not re.search(r'(?:src|href)="(?:https?:)?//', tag), (page.name, tag)


@pytest.mark.slow
def test_what_somebody_new_looks_for_is_found_by_title(site):
    index = json.loads((site / "search" / "search_index.json").read_text(encoding="utf-8"))
    titles = [entry["title"].casefold() for entry in index["docs"]]
    lost = {said for said, word in LOOKED_FOR.items() if not any(word in t for t in titles)}
    assert not lost


@pytest.mark.parametrize("page", PAGES)
def test_the_examples_of_a_page_run(root, page, monkeypatch):
    monkeypatch.chdir(root)
    failed, tried = doctest.testfile(
        str(root / "docs" / page), module_relative=False, optionflags=doctest.NORMALIZE_WHITESPACE
    )
    assert tried > 0
    assert failed == 0


def test_every_question_of_the_front_door_is_in_the_table(root):
    from etiograph.case import Case
    from etiograph.questions.advice import AdviceQuestions
    from etiograph.questions.inference import InferenceQuestions
    from etiograph.questions.learning import LearningQuestions
    from etiograph.questions.network import NetworkQuestions
    from etiograph.questions.structure import StructureQuestions
    from etiograph.questions.uncertainty import UncertaintyQuestions

    text = (root / "docs" / "questions.md").read_text(encoding="utf-8")
    asked = {
        f"case.{n}"
        for c in (InferenceQuestions, UncertaintyQuestions, AdviceQuestions)
        for n in vars(c)
        if n[0] != "_"
    }
    homes = (NetworkQuestions, LearningQuestions, StructureQuestions)
    asked |= {f"net.{n}" for home in homes for n in vars(home) if n[0] != "_"}
    asked |= {f"case.{n}" for n in ("do", "had", "after") if hasattr(Case, n)}
    missing = {name for name in asked if f".{name.split('.')[1]}(" not in text}
    assert not missing


def test_every_public_name_is_in_the_reference(root):
    import etiograph as eg

    text = (root / "docs" / "reference" / "python.md").read_text(encoding="utf-8")
    told = set(re.findall(r"^::: etiograph\.([\w.]+)$", text, re.M))
    homes = {f"{home.partition('.')[2]}.{name}": home for name, home in eg._HOMES.items()}
    missing = {name for name in homes if name not in told and name.rpartition(".")[0] not in told}
    assert not missing
