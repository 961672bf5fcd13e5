"""The card of a network: what a reader of a prediction model must be told, or that it was not done.

In the order of TRIPOD+AI (Collins et al. 2024, BMJ 385:e078378), all of whose item numbers are kept; items of
the publication itself (abstract, funding, registration, interpretation) are the authors', and say so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from etiograph.curation.statistics import Compared, count_inside, grades, questions
from etiograph.network.cohort import learned
from etiograph.network.value import value_type

if TYPE_CHECKING:
    from etiograph.network.network import Network

NOT_DONE = "Not done."
NOT_STATED = "Not stated in the model file."
AUTHORS = "For the authors of the network to say."
SEEN_ROLES = ("background", "habit", "remedy", "medicine", "finding", "test")


@value_type
@dataclass(frozen=True, slots=True)
class Item:
    """One item of the card.

    Attributes
    ----------
    number : str
        As in TRIPOD+AI.
    title : str
    text : str
    """

    number: str
    title: str
    text: str


@value_type
@dataclass(frozen=True, slots=True)
class Card:
    """The card of a network.

    Attributes
    ----------
    title : str
    digest : str
        Of the network it speaks of.
    items : tuple of Item
    """

    title: str
    digest: str
    items: tuple[Item, ...]

    @property
    def undone(self) -> tuple[str, ...]:
        """Titles of what was not done or not stated."""
        return tuple(i.title for i in self.items if i.text in (NOT_DONE, NOT_STATED))

    def markdown(self) -> str:
        """The card as a page."""
        head = (
            f"# Model card: {self.title}\n\nIn the order of TRIPOD+AI. Digest {self.digest[:12]}.\n"
        )
        return "\n".join([head, *(f"**{i.number} {i.title}.** {i.text}\n" for i in self.items)])

    def to_dict(self) -> dict[str, Any]:
        """The card as plain data."""
        items = [{"item": i.number, "title": i.title, "text": i.text} for i in self.items]
        return {"title": self.title, "digest": self.digest, "items": items}


def card(
    network: Network,
    evidence: Mapping[str, Mapping[str, str]] | None = None,
    compared: Sequence[Compared] | None = None,
) -> Card:
    """Fill the card from what the network says of itself.

    Parameters
    ----------
    network : Network
    evidence : mapping of id to row, optional
        Its evidence table.
    compared : sequence of Compared, optional
        Published statistics beside its answers.
    """
    about = network.about
    target = network.variables.get(str(about.get("target", "")))

    def said(key: str) -> str:
        value = about.get(key)
        if not value:
            return NOT_STATED
        return _sentence(value if isinstance(value, str) else "; ".join(str(v) for v in value))

    fill: tuple[tuple[str, str, str | Callable[[], str]], ...] = (
        ("1", "Title", lambda: _sentence(f"{about.get('title') or about.get('name') or 'no title'}"
                                         f", version {about.get('version') or 'not stated'}")),
        ("2", "Abstract", AUTHORS),
        ("3a", "Background and purpose", lambda: said("purpose")),
        ("3b", "Users and setting", lambda: said("users")),
        ("3c", "Health inequalities between groups", NOT_DONE),
        ("4", "Objectives", "A causal network put together from published figures; not a model fitted to a "
                            "cohort." if not _learned(network) else "A causal network whose published "
                            "numbers were moved by cases."),
        ("5", "Sources of data", lambda: _sources(network, evidence)),
        ("6", "Population", lambda: said("population")),
        ("6b", "Who is left out", lambda: said("exclusions")),
        ("7", "Preparation of data", lambda: _notes(network)),
        ("8", "Outcome", lambda: _outcome(target)),
        ("9", "Predictors", lambda: _predictors(network)),
        ("10", "Sample size", lambda: _learned(network) or
            "No cohort: each number has the size of its own study."),
        ("11", "Missing data", "What is not entered is unknown and summed over exactly; it is never taken as "
                               "absent."),
        ("12", "Analytical methods", lambda: _methods(network)),
        ("13", "Class imbalance", "No case was drawn again or weighted; how frequent the outcome is stands in the "
                                  "network as published."),
        ("14", "Fairness", NOT_DONE),
        ("15", "Output", "Probabilities with 90 % intervals over the ranges of the numbers; no classes, no "
                         "threshold."),
        ("16", "Development beside evaluation", lambda: _seen(compared)),
        ("17", "Ethical approval", "No patient's data were used." if not _learned(network) else NOT_STATED),
        ("18a-d", "Funding, interests, protocol, registration", AUTHORS),
        ("18e", "Data", "The figures and their sources are in the evidence table beside the model file."
                        if evidence else NOT_STATED),
        ("18f", "Code and model", "The model file and the code that answers are open."),
        ("19", "Patients and public", NOT_DONE),
        ("20", "Participants", lambda: _learned(network) or "None: published figures, no cohort."),
        ("21", "Development", lambda: _learned(network) or "On no participant and no event: see 5 and 10."),
        ("22", "Specification", lambda: _specification(network)),
        ("23a", "Performance on patients", lambda: said("validated_on") if about.get("validated_on")
            else NOT_DONE),
        ("23a", "Performance beside published figures", lambda: _performance(compared)),
        ("23b", "Differences of performance between groups", NOT_DONE),
        ("24", "Updating", lambda: _learned(network) or NOT_DONE),
        ("25", "Interpretation", AUTHORS),
        ("26", "Limitations", lambda: said("weaknesses")),
        ("27", "Use in practice", "For research and teaching; not a medical device."),
    )  # fmt: skip
    items = tuple(
        Item(n, title, text if isinstance(text, str) else text()) for n, title, text in fill
    )
    return Card(
        str(about.get("title") or about.get("name") or "a network"), network.digest(), items
    )


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _sources(network: Network, evidence: Mapping[str, Mapping[str, str]] | None) -> str:
    cited = {row for p in network.parameters.values() for row in p.evidence}
    if not cited:
        return NOT_STATED
    searched = network.about.get("literature_search")
    when = f"; literature searched {searched}" if searched else ""
    rows = f", of {len(evidence)} in its evidence table" if evidence else ""
    return f"{len(cited)} published figures are cited{rows}{when}."


def _notes(network: Network) -> str:
    noted = sum(bool(p.note) for p in network.parameters.values())
    if not noted:
        return NOT_STATED
    return f"{noted} of {len(network.parameters)} numbers have a note on how they follow from their sources."


def _outcome(target: Any) -> str:
    if target is None:
        return NOT_STATED
    return _sentence(f"{target.label}: {target.definition or 'no definition stated'}")


def _predictors(network: Network) -> str:
    seen = [v for v in network.variables.values() if v.observable]
    by_role = Counter(v.role for v in seen if v.role in SEEN_ROLES)
    listed = ", ".join(f"{n} of the role {role}" for role, n in by_role.most_common())
    return f"{len(seen)} variables can be observed{f': {listed}' if listed else ''}."


def _methods(network: Network) -> str:
    kinds = Counter(type(m).__name__ for m in network.mechanisms.values())
    listed = ", ".join(f"{n} {kind}" for kind, n in kinds.most_common())
    return f"A causal Bayesian network, answered exactly. Mechanisms: {listed}."


def _specification(network: Network) -> str:
    known = grades(network)
    graded = {grade: n for grade, n in sorted(known.items()) if grade}
    shares = ", ".join(f"{grade} {n}" for grade, n in graded.items()) or "none graded"
    arrows = sum(len(m.parents) for m in network.mechanisms.values())
    ranged = sum(p.low is not None for p in network.parameters.values())
    return (
        f"{len(network.variables)} variables, {arrows} arrows, {len(network.parameters)} named numbers "
        f"({ranged} with a range; grades: {shares}). Every number is in the model file."
    )


def _performance(compared: Sequence[Compared] | None) -> str:
    if not compared:
        return NOT_DONE
    rows = questions(compared)
    parts = []
    for is_set, what in ((False, "that no number cites"), (True, "that some number cites")):
        inside, of = count_inside(rows, is_set=is_set)
        if of:
            parts.append(f"{inside} of {of} questions {what}")
    return f"Within the published range: {'; '.join(parts)}."


def _seen(compared: Sequence[Compared] | None) -> str:
    """What the published figures that it is compared with have to do with those it was made from."""
    if not compared:
        return NOT_DONE
    rows = questions(compared)
    cited = sum(row.is_set for row in rows)
    return f"Of {len(rows)} published questions it is compared with, {cited} are cited by a number of its own."


def _learned(network: Network) -> str:
    """What cohorts moved numbers, by the book of the network; empty where none did."""
    entries = [entry for entry in learned(network) if entry.how == "update"]
    told = "; ".join(f"{len(entry.before)} numbers were moved by {entry}" for entry in entries)
    return f"{told}." if told else ""
