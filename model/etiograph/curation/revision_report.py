"""Two versions of a network side by side, as text, as a page, as JSON."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import is_dataclass
from html import escape
from textwrap import wrap
from typing import TYPE_CHECKING, Any

from etiograph.curation.agreement import number, question
from etiograph.decision import words
from etiograph.decision.changed import apart, changed_number
from etiograph.decision.speaking import cases, said_of
from etiograph.network.answer import plain
from etiograph.network.frozen import walk
from etiograph.network.parameter import Parameter
from etiograph.network.rules import LIMITS, WORDS
from etiograph.report.html import POLICY, STYLE, esc
from etiograph.report.value import NOTICE

if TYPE_CHECKING:
    from etiograph.curation.revision import Revision, StatisticEdit
    from etiograph.curation.revision_cases import AnswerEdit, CaseEdit
    from etiograph.network.diff import Edit, TableEdit

HEADINGS = {
    "variables": "Variables",
    "states": "States",
    "arrows": "Arrows",
    "mechanisms": "How variables come about",
    "rules": "Rules",
    "about": "About the network",
    "texts": "Texts",
}
COUNTED = {
    "Variables": ("variable", "variables"),
    "States": ("set of states", "sets of states"),
    "Arrows": ("arrow", "arrows"),
    "How variables come about": ("mechanism", "mechanisms"),
    "Numbers": ("number", "numbers"),
    "Tables": ("table", "tables"),
    "Sources": ("source", "sources"),
    "Rules": ("rule", "rules"),
    "Texts": ("text", "texts"),
    "About the network": ("statement about the whole", "statements about the whole"),
}
"""What the lines of a section are called in the summary: one, and several."""
FORMS = {
    "table": "plain table",
    "table of rows": "table of rows",
    "noisy_or": "noisy-OR",
    "noisy_max": "noisy-MAX",
    "opposing": "opposing noisy-ORs",
    "logit": "logit",
    "cumulative_logit": "cumulative logit",
    "deterministic": "rule",
    "reading": "reading",
}
CASES, STATISTICS = "What it means for cases", "Published statistics"
"""Headings of what differs not in the networks but in what they say."""
CELLS = 4
"""Probabilities of a table that text lists."""
LONGEST = 150
"""Characters of a value that are shown."""
PLACES = 5
"""How far down the list of causes a change of places is told."""
ANSWERS = 4
"""Answers on one case that are told, those that move most."""
ON_A_PAGE = 500
"""Lines of a section of the page; JSON has all."""
Section = tuple[str, Sequence[str]]


def sections(revision: Revision) -> tuple[Section, ...]:
    """Headings with a line for each difference, in the order of reading; none is empty."""
    found: dict[str, list[str]] = {"Numbers": [], "Tables": []}
    edits: dict[str, list[str]] = {heading: [] for heading in HEADINGS.values()}
    for edit in revision.difference.edits:
        edits[HEADINGS[edit.subject]].append(edit_words(revision, edit))
    for number_edit in revision.difference.numbers:
        network = revision.network if number_edit.after else revision.original
        found["Numbers"].append(changed_number(network, number_edit).line())
    found["Tables"] = list(_table_lines(revision))
    first = [edits[HEADINGS[key]] for key in ("variables", "states", "arrows", "mechanisms")]
    later = [HEADINGS[key] for key in ("rules", "texts", "about")]
    heads = [HEADINGS[key] for key in ("variables", "states", "arrows", "mechanisms")]
    ordered = [
        *zip(heads, first, strict=True),
        *found.items(),
        ("Sources", [edit_words(revision, edit) for edit in revision.sources]),
        *((heading, edits[heading]) for heading in later),
        (CASES, list(_case_lines(revision))),
        (STATISTICS, [statistic_words(each) for each in revision.statistics]),
    ]
    return tuple((heading, lines) for heading, lines in ordered if lines)


def summary(revision: Revision) -> str:
    """What differs, counted, in one sentence."""
    if not revision:
        return "They are equal: they say the same, word by word and number by number."
    counts = [
        f"{len(lines)} {COUNTED[heading][len(lines) != 1]}"
        for heading, lines in sections(revision)
        if heading in COUNTED
    ]
    said = f"Different: {', '.join(counts)}." if counts else "The networks are equal."
    if not revision.comparable:
        said += " They share no variable: no case can be asked of both, so no answers are compared."
    elif revision.asked and revision.difference:
        moved = sum(map(tells, revision.cases))
        if revision.asked > 1:
            said += f" Of {revision.asked} cases asked, {moved} get other answers or warnings."
        else:
            hardly = "hardly other" if revision.cases else "the same"
            said += f" The one case asked gets {'other' if moved else hardly} answers."
    came = sum(each.came_in for each in revision.statistics)
    went = sum(each.went_out for each in revision.statistics)
    if came or went:
        said += f" Published statistics: {came} came into their range, {went} went out."
    return said


def text(revision: Revision, most: int) -> str:
    """The whole as plain text, at most 100 columns and so many lines a section."""
    lines = [f"- {revision.before}", f"+ {revision.after}", *wrap(summary(revision), 100)]
    for heading, body in sections(revision):
        lines += ["", heading]
        shown = most
        while 0 < shown < len(body) and body[shown].startswith(" "):
            shown -= 1  # no item is told in part
        shown = shown or most
        for line in body[:shown]:
            # Lines that go with the one above are indented in it.
            deep = len(line) - len(line.lstrip())
            first = " " * (2 + deep)
            lines += wrap(line.strip(), 100, initial_indent=first, subsequent_indent=first + "  ")
        if more := sum(not line.startswith(" ") for line in body[shown:]):
            lines.append(f"  ... and {more} more (--lines, or --json for all)")
    if revision.cases:
        lines += ["", NOTICE]
    return "\n".join(lines) + "\n"


def page(revision: Revision) -> str:
    """The whole as one page: no script, no outside file."""
    title = "Two versions of a network"
    body = []
    for heading, lines in sections(revision):
        more = len(lines) - ON_A_PAGE
        shown = [*lines[:ON_A_PAGE], *([f"... and {more} more"] if more > 0 else [])]
        body.append(f"<section><h2>{esc(heading)}</h2>{_list(shown)}</section>")
    names = f"<p>From: {esc(revision.before)}<br>To: {esc(revision.after)}</p>"
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{escape(POLICY)}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{title}</title><style>{STYLE}</style></head><body>"
        f'<header><h1>{title}</h1><p class="notice">{esc(NOTICE)}</p></header><main>{names}'
        f"<p><strong>{esc(summary(revision))}</strong></p>{''.join(body)}</main></body></html>\n"
    )


def _list(lines: Sequence[str]) -> str:
    """A list; indented lines are a list inside the item above."""
    items: list[list[str]] = []
    for line in lines:
        if line.startswith(" ") and items:
            items[-1].append(line.strip())
        else:
            items.append([line.strip()])
    said = (
        f"<li>{esc(head)}{f'<ul>{_items(rest)}</ul>' if rest else ''}</li>" for head, *rest in items
    )
    return f"<ul>{''.join(said)}</ul>"


def _items(lines: Sequence[str]) -> str:
    return "".join(f"<li>{esc(line)}</li>" for line in lines)


# -- one line each --------------------------------------------------------------------------------


def edit_words(revision: Revision, edit: Edit) -> str:
    """A difference of structure, rules, texts or sources."""
    name = edit.name if edit.subject in ("rules", "about", "sources") else _arrow(revision, edit)
    if not edit.field:
        if edit.how == "changed":
            return f"{name}: {_values(edit.before, edit.after)}"
        value = edit.after if edit.before is None else edit.before
        said = "" if edit.subject == "arrows" else f": {cut(_value(value))}"
        return f"{'New' if edit.how == 'added' else 'Gone'}: {name}{said}"
    where = f"{name}, {edit.field.replace('_', ' ')}" if name else edit.field
    if edit.field == "order" and edit.before is None:
        return "The same is stated in another order."
    if edit.field == "order" and isinstance(edit.before, str):
        return f"{where}: {edit.after} now stands where {edit.before} stood"
    return f"{where}: {_values(edit.before, edit.after)}"


def _arrow(revision: Revision, edit: Edit) -> str:
    """The names in an edit in words."""
    ends = edit.name.split(" -> ") if edit.subject == "arrows" else [edit.name]
    return " -> ".join(_label(revision, name) for name in ends)


def _label(revision: Revision, name: str) -> str:
    for network in (revision.network, revision.original):
        variable = network.variables.get(name) or network.flags.get(name)
        if variable is not None:
            return variable.label
    return name


def _values(before: Any, after: Any) -> str:
    if _listed(before) and _listed(after):
        came = [each for each in after if each not in before]
        went = [each for each in before if each not in after]
        if (came or went) and max(len(before), len(after)) > 3:
            return ", ".join([*(f"+ {_value(x)}" for x in came), *(f"- {_value(x)}" for x in went)])
    old, new = _value(before), _value(after)
    if min(len(old), len(new)) > 30 or '"' in old + new:
        return apart(old, new)
    return f"{cut(old)} -> {cut(new)}"


def cut(text: str) -> str:
    """A text that may be long."""
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 3]}..."


def _listed(value: Any) -> bool:
    return isinstance(value, tuple) and all(isinstance(each, str | tuple) for each in value)


def _value(value: Any) -> str:
    """A value in words; conditions as they are read, not as they are written."""
    if value is None or value in ("", ()):
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, Parameter):
        return f"{value.name} ({value.value:.4g})"
    if isinstance(value, Mapping):
        if "message" in value:
            return f"{words.FLAG_LEVELS.get(value.get('level', ''), '')}: {value['message']}"
        return ", ".join(
            f"{key} {_value(each)}" if key in LIMITS or key in WORDS else f"{key} = {_value(each)}"
            for key, each in value.items()
        )
    if isinstance(value, tuple):
        if any(isinstance(each, Mapping) for each in value):
            return " or ".join(f"({_value(each)})" for each in value)
        return ", ".join(": ".join(map(str, x)) if isinstance(x, tuple) else str(x) for x in value)
    if is_dataclass(value):
        numbers = len({p.name for p in walk(value, Parameter)})
        return f"stated with {numbers} number{'s' * (numbers != 1)}"
    return str(value)


def _table_lines(revision: Revision) -> Iterator[str]:
    """Tables that differ one by one, those that are only stated in another form in one line."""
    same = []
    for table in revision.difference.tables:
        if table.unlike or table.largest:
            yield table_words(revision, table)
        else:
            same.append(_label(revision, table.name))
    if len(same) == 1:
        yield f"{same[0]}: stated in another form, with the same probabilities"
    elif same:
        yield f"Stated in another form, with the same probabilities: {', '.join(same)}"


def table_words(revision: Revision, table: TableEdit) -> str:
    """Two tables whose numbers have no names in common."""
    forms = [_form(each) for each in (table.before, table.after)]
    form = f"stated as {forms[0]}" if forms[0] == forms[1] else f"{forms[0]} -> {forms[1]}"
    said = f"{_label(revision, table.name)}: {form}"
    if table.unlike:
        return f"{said}; not compared, as {table.unlike}"
    if not table.rows:
        return f"{said}; the same probabilities but for rounding"
    listed = "; ".join(
        f"{cell.state}{f' if {cell.given}' if cell.given else ''} {cell.before:.4g} -> {cell.after:.4g}"
        for cell in table.cells[:CELLS]
    )
    more = f" and {len(table.cells) - CELLS} more" if len(table.cells) > CELLS else ""
    rows = f"{table.rows} of {table.of} rows differ" if table.of > 1 else "it differs"
    return f"{said}; {rows}: {listed}{more}"


def _form(form: str) -> str:
    kind, *rest = form.split(", ")
    said = ", ".join((FORMS.get(kind, kind), *rest))
    return said.removesuffix("s") if said.endswith(", 1 numbers") else said


def _case_lines(revision: Revision) -> Iterator[str]:
    """A line a case with what moved indented under it, the cases that moved most first."""
    if not revision.comparable:
        return
    told = sorted(filter(tells, revision.cases), key=_weight)
    for case in told:
        yield f"{case.id}: {case.title}" if case.title else str(case.id)
        yield from (f"  {line}" for line in case_words(revision, case))
    small = [case for case in revision.cases if not tells(case)]
    if small:
        largest = max(answer.moved for case in small for answer in case.answers)
        most = words.percent(largest) if largest >= 0.01 else f"{100 * largest:.1g} %"
        yield f"{len(small)} of {revision.asked}: no answer moves by more than {most}"
    rest = revision.asked - len(revision.cases)
    if rest and revision.difference:
        yield f"{rest} of {revision.asked}: the same answers and warnings"


def _weight(case: CaseEdit) -> tuple[bool, float]:
    """What is read first: rules and refusals, then what moves most."""
    loud = bool(case.fires or case.silent or case.problem_before or case.problem_after)
    return not loud, -max((answer.moved for answer in case.answers), default=0.0)


def tells(case: CaseEdit) -> bool:
    """Whether anything of a case is large enough to be told."""
    problems = case.problem_before != case.problem_after
    return bool(case.fires or case.silent or problems or any(map(_felt, case.answers)))


def case_words(revision: Revision, case: CaseEdit) -> Iterator[str]:
    """What two networks say of one case, as far as it is felt."""
    if case.problem_before != case.problem_after:
        yield f"before: {case.problem_before or 'answered'}"
        yield f"after: {case.problem_after or 'answered'}"
    for heading, rules in (("now fires", case.fires), ("no longer fires", case.silent)):
        for level, message in rules:
            yield f"Rule {heading}: {words.FLAG_LEVELS[level]}: {message}"
    felt = [answer for answer in case.answers if _felt(answer)]
    for answer in felt[:ANSWERS]:
        yield said_of(cases(revision.network), _answer_words(answer))
    if len(felt) > ANSWERS:
        yield f"{len(felt) - ANSWERS} more move less"


def _felt(answer: AnswerEdit) -> bool:
    places = answer.place_before, answer.place_after
    swapped = places[0] != places[1] and min(p or PLACES + 1 for p in places) <= PLACES
    return answer.moved >= words.FELT or (swapped and answer.moved >= words.FELT / 10)


def _answer_words(answer: AnswerEdit) -> str:
    there = f"{words.percent(answer.before)} -> {words.percent(answer.after)}"
    said = f"{answer.label}: {there}"
    if answer.behind_before is not None and answer.behind_after is not None:
        acted = f"{words.percent(answer.behind_before)} -> {words.percent(answer.behind_after)}"
        said = f"{answer.label}: behind it {acted}"
        if words.percent(answer.before) != words.percent(answer.after):
            said += f", there {there}"
    if answer.place_before != answer.place_after:
        said += f"; place {answer.place_before or '-'} -> {answer.place_after or '-'}"
    return said


def statistic_words(edit: StatisticEdit) -> str:
    """A published statistic that a network met and the other does not."""
    row = edit.after or edit.before
    assert row is not None
    check = row.check
    published = f"published {number(check, check.low)} to {number(check, check.high)}"
    said = f"{edit.id}, {question(check)} ({published})"
    if edit.before is None or edit.after is None:
        which = "first" if edit.after is None else "second"
        return f"Only of the {which} network: {said}: {number(check, row.answer)}"
    moved = f"{number(check, edit.before.answer)} -> {number(check, edit.after.answer)}"
    return f"{'Came in' if edit.came_in else 'Went out'}: {said}: {moved}"


# -- JSON -----------------------------------------------------------------------------------------


def to_dict(revision: Revision) -> dict[str, Any]:
    """Everything as plain data, names as in the model file."""
    return {
        "before": revision.before,
        "after": revision.after,
        "equal": not revision,
        "digests": [revision.original.digest(), revision.network.digest()],
        "edits": [{"how": e.how, **plain(e)} for e in revision.difference.edits],
        "numbers": [
            {"how": e.how, "fields": list(e.fields), **plain(e)}
            for e in revision.difference.numbers
        ],
        "tables": plain(revision.difference.tables),
        "sources": [{"how": e.how, **plain(e)} for e in revision.sources],
        "asked": revision.asked,
        "cases": plain(revision.cases),
        "statistics": [
            {"came_in": e.came_in, "went_out": e.went_out, **plain(e)} for e in revision.statistics
        ],
    }


def to_json(revision: Revision) -> str:
    """The same as JSON text; an infinite limit is text."""
    data = _finite(to_dict(revision))
    return json.dumps(data, indent=2, ensure_ascii=False, allow_nan=False)


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _finite(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_finite(each) for each in value]
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value
