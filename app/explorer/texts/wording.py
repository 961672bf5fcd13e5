"""Numbers and names in words, the same on every page: natural frequencies, ranges, steps."""

from __future__ import annotations

from etiograph.decision.words import count

Stated = tuple[float, float | None, float | None]  # value, low, high
UNDER_ONE = "<1"
OVER_99 = ">99"


def at_line(line: int | None) -> str:
    """Where in a file."""
    return "" if line is None else f" (line {line})"


_SHORT = {"none": "0", "all": "100", "less than 1": UNDER_ONE, "more than 99": OVER_99}


def share(p: float) -> str:
    """A probability as a number of 100 people, for a column headed "of 100"."""
    number = count(min(max(p, 0.0), 1.0))
    return _SHORT.get(number, number)


def people(p: float) -> str:
    """A probability in a sentence: ``about 31``, ``fewer than 1``."""
    number = count(min(max(p, 0.0), 1.0))
    if number.isdigit():
        return f"about {number}"
    return "fewer than 1" if number == "less than 1" else number


def in_brackets(low: float | None, high: float | None) -> str:
    """A range behind its number, if there is one."""
    if low is None or high is None or share(low) == share(high):
        return ""
    return f" ({interval(low, high)})"


def joined(parts: list[str]) -> str:
    """``a, b and c``."""
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)


def lower_first(label: str) -> str:
    """A label inside a sentence; an abbreviation or a name keeps its capitals."""
    first = label.partition(" ")[0]
    name = any(c.isupper() or c.isdigit() for c in first[1:])  # HbA1c, 25(OH)D, B12
    letter = len(first) == 1 or first[1:2] == "-"  # X-ray, T wave
    return label if name or letter else label[:1].lower() + label[1:]


def change(now: float, before: float) -> str:
    """What the last step did to a number of 100: ``up 12``, ``down 3``, empty if nothing visible."""
    step = round(100 * now) - round(100 * before)
    return "" if step == 0 else f"up {step}" if step > 0 else f"down {-step}"


def bar_text(label: str, now: float, base: float | None, tick: str) -> str:
    """A row of the ranking read aloud; `tick` says what the number compared with stands for."""
    if base is None:
        return f"{label}: {people(now)} of 100."
    return f"{label}: {people(now)} of 100; {tick} {people(base)} of 100."


def interval(low: float, high: float) -> str:
    """A range of numbers of 100."""
    first, last = share(low), share(high)
    return first if first == last else f"{first} to {last}"


def exact(p: float) -> str:
    """A number of 100 people as it was worked out, for researchers."""
    return f"{100 * p:.2f}"


def exact_interval(low: float, high: float) -> str:
    """A range as it was worked out."""
    return f"{exact(low)} to {exact(high)}"


def sentence(note: str) -> str:
    """A note of the model file as a sentence."""
    text = note.strip()
    return f"{text[:1].upper()}{text[1:]}{'' if text.endswith(('.', '?', '!')) else '.'}"
