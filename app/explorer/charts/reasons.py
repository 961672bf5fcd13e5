"""What speaks for and against, what to ask, which number matters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from etiograph.decision.words import upper

from .. import texts
from ..markup import esc
from .bars import Bar, at, axis, scale
from .cited import Source, linked


@dataclass(frozen=True, slots=True)
class Weight:
    """What one finding does to an answer: length and side of its bar, and the same in words."""

    label: str
    decibans: float
    words: str
    through: str = ""


def weights(rows: Sequence[Weight]) -> str:
    """Findings for (to the right) and against (to the left) an answer, on one scale."""
    top = max((abs(w.decibans) for w in rows), default=1.0) or 1.0
    body = "".join(_weight(w, min(abs(w.decibans) / top, 1.0)) for w in rows)
    return (
        f'<table class="eg-rank eg-weights"><caption class="eg-hidden">{esc(texts.WHY_CAPTION)}</caption>'
        f'<thead><tr><th scope="col">{esc(texts.KNOWN)}</th><th scope="col"><div class="eg-sides">'
        f"<span>{esc(texts.WHY_AGAINST)}</span><span>{esc(texts.WHY_FOR)}</span></div></th></tr></thead>"
        f"<tbody>{body}</tbody></table>"
    )


def _weight(weight: Weight, share: float) -> str:
    side = "for" if weight.decibans >= 0 else "against"
    through = f" ({esc(texts.WHY_STEPS)} {esc(weight.through)})" if weight.through else ""
    return (
        f'<tr><th scope="row">{esc(weight.label)}</th><td class="eg-cell">'
        f'<div class="eg-balance" aria-hidden="true"><div class="eg-{side}" style="width:{50 * share:.1f}%">'
        f'</div></div><span class="eg-words">{esc(weight.words)}{through}</span></td></tr>'
    )


def ask(rows: Sequence[tuple[str, str, float, str]], heading: str, top: float) -> str:
    """Questions or tests with what they would settle, `top` a full bar, and what they cost."""
    heads = "".join(f'<th scope="col">{esc(h)}</th>' for h in (heading, *texts.ASK_COLUMNS))
    body = "".join(
        f'<tr><th scope="row">{esc(label)}</th><td class="eg-cell">'
        f'<div class="eg-track" aria-hidden="true"><div class="eg-fill" style="width:{at(share, top)}">'
        f'</div></div><span class="eg-words">{esc(words)}</span></td><td>{esc(cost)}</td></tr>'
        for label, words, share, cost in rows
    )
    return (
        f'<table class="eg-rank eg-ask"><caption class="eg-hidden">{esc(f"{texts.ASK_NEXT}: {heading}")}</caption>'
        f"<thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>"
    )


def steps(listed: Sequence[tuple[Any, str]], heading: str, *, exact: bool) -> str:
    """Questions or tests, each with why it is asked and what its results would mean, the best first.

    If `exact`, also what it is worth, harm avoided and information together, and what it costs.
    """
    columns = texts.STEP_COLUMNS if exact else texts.STEP_COLUMNS[:1]
    heads = "".join(f'<th scope="col">{esc(h)}</th>' for h in (heading, *columns))
    body = "".join(
        f'<tr><th scope="row">{esc(upper(step.label))}</th><td>{esc(upper(step.why))}'
        f"{_means(means)}</td>{_worth(step) if exact else ''}</tr>"
        for step, means in listed
    )
    return (
        f'<table class="eg-rank eg-ask"><caption class="eg-hidden">{esc(f"{texts.ASK_NEXT}: {heading}")}</caption>'
        f"<thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>"
    )


def _worth(step: Any) -> str:
    return f"<td>{step.harm_avoided + step.information:.1f}</td><td>{step.cost:g}</td>"


def _means(text: str) -> str:
    return f'<span class="eg-words eg-means">{esc(text)}</span>' if text else ""


@dataclass(frozen=True, slots=True)
class Swing:
    """How far one published number moves an answer within its range."""

    name: str
    at_low: float
    at_high: float
    now: float
    grade: str = ""
    sources: tuple[Source, ...] = ()
    under: str = ""
    turn: str = ""


def tornado(rows: Sequence[Swing], caption: str) -> str:
    """Ranges of an answer, the widest first, the answer itself as a tick.

    `under` a number stands what is stated of it; `turn` says from where on the answer is another one.
    """
    top = scale([Bar(r.name, max(r.at_low, r.at_high), r.now) for r in rows])
    body = "".join(_swing(row, top) for row in rows)
    return (
        f'<div class="eg-fit"><table class="eg-rank eg-ask eg-swings"><caption class="eg-hidden">{esc(caption)}</caption>'
        f'<thead><tr><th scope="col">{esc(texts.PRIORS_COLUMNS[0])}</th>'
        f'<th scope="col" class="eg-axis">{axis(top)}</th></tr></thead><tbody>{body}</tbody></table></div>'
    )


def _swing(row: Swing, top: float) -> str:
    low, high = sorted((row.at_low, row.at_high))
    under = f"<small>{esc(row.under)}</small>" if row.under else ""
    turn = f'<p class="eg-turn">{esc(row.turn)}</p>' if row.turn else ""
    source = f" · {esc(texts.grade_short(row.grade))}" if row.grade else ""
    source += "".join(f" {linked(Source(s.name, address=s.address))}" for s in row.sources)
    return (
        f'<tr><th scope="row"><span class="eg-break">{esc(row.name)}</span>{under}</th><td class="eg-cell">'
        f'<div class="eg-track" aria-hidden="true"><div class="eg-swing" style="left:{at(low, top)};'
        f'width:{at(high - low, top)}"></div><div class="eg-tick" style="left:{at(row.now, top)}"></div></div>'
        f'<span class="eg-words">{esc(texts.interval(low, high))}{source}</span>{turn}</td></tr>'
    )
