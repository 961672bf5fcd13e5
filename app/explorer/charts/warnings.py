"""Warning signs: above any number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from etiograph.decision.red_flags import by_level
from etiograph.decision.words import source_words

from .. import texts
from ..markup import esc
from .cited import Source, linked


@dataclass(frozen=True, slots=True)
class Flag:
    """A warning sign that fired: how urgent, what it says, where it comes from."""

    level: str
    message: str
    source: str = ""
    because: tuple[str, ...] = ()


def flags(fired: Sequence[Flag], links: Mapping[str, str] | None = None) -> str:
    """Warning signs, a box a level, the most urgent first: word and sign, never colour alone.

    `links` are the addresses of sources by id.
    """
    items = "".join(_box(level, each, links or {}) for level, each in by_level(fired).items())
    return f'<section class="eg-flags" aria-label="{esc(texts.FLAGS_TITLE)}"><ul>{items}</ul></section>'


def _box(level: str, fired: Sequence[Flag], links: Mapping[str, str]) -> str:
    """All warnings of a level; a source that all of them have is said once."""
    many = len(fired) > 2
    shared = {flag.source for flag in fired} if len(fired) > 1 else set()
    source = cited(shared.pop(), links) if len(shared) == 1 else ""
    said = "".join(_said(flag, links, cite=not source, many=many) for flag in fired)
    small = f" <small>{source}.</small>" if source else ""
    above, below = (small, "") if many else ("", f"<p>{small}</p>" if small else "")
    return (
        f'<li class="eg-flag eg-{esc(level)}{" eg-many" if many else ""}">'
        f"<strong>{esc(texts.FLAG_LEVELS.get(level, level))}</strong>{above}<div>{said}{below}</div></li>"
    )


def _said(flag: Flag, links: Mapping[str, str], *, cite: bool, many: bool) -> str:
    """One warning, with what set it off and its source in small type; `many` are kept to a line."""
    because = texts.because(flag.because) if flag.because else ""
    parts = [esc(because)] if because and not many else []
    parts += [cited(flag.source, links)] if flag.source and cite else []
    grounds = f" <small>{'. '.join(parts)}.</small>" if parts else ""
    if many and because:
        grounds = f" <small>({esc('; '.join(flag.because))})</small>{grounds}"
    return f"<p>{esc(flag.message)}{grounds}</p>"


def cited(source: str, links: Mapping[str, str]) -> str:
    """The source of a warning, with links where it can be read."""
    named = ", ".join(
        linked(Source(name, address=links[name])) if name in links else esc(source_words(name))
        for name in source.split(", ")
        if name
    )
    return f"{esc(texts.FLAG_SOURCE)}: {named}" if named else ""


def act_first(outcome: str) -> str:
    """That a warning comes before the numbers, above their headline."""
    return f'<p class="eg-act">{esc(texts.act_first(outcome))}</p>'
