"""What could help: changes by their effect."""

from __future__ import annotations

from .wording import UNDER_ONE, count, share

HELPS_TITLE = "What could help"
HELPS_OUTCOME = "What should come less often"
HELPS_CAPTION = "Changes by what each would make of the outcome"
HELPS_CHANGE = "Change"
HELPS_AXIS = "fewer ◂ ▸ more"
HELPS_DIFFERENCE = "of 100"
HELPS_WORSE = "Would make it worse"
HELPS_NONE = "No single change would make a difference that can be seen."
HELPS_NOTHING = "Nothing that can be changed acts on this."
HELPS_UNSTATED = (
    "This network does not say what in it could be changed, so nothing is listed here. What setting any "
    "one of its variables would do is on the page Compare."
)
HELPS_NOTE = (
    "One change at a time, from now on, beside the same person with no change. What many would get "
    "better from anyway is not counted. A model of averages: talk about any change with who treats you."
)
HELPS_COMING = "How sure each number is comes in a moment."
HELPS_UNSURE = "may be none"
HELPS_WORKING = "Trying every change"


def helps_head(outcome: str, p: float, horizon: str) -> str:
    """What would be with no change."""
    ahead = f"Over the next {horizon}" if horizon else "From now on"
    number = count(min(max(p, 0.0), 1.0))
    number = f"about {number}" if number.isdigit() else number
    return f"{ahead} with no change: {outcome} in {number} of 100 people like this."


def helps_rest(count: int) -> str:
    """Changes that are not listed, as they make no difference."""
    if count == 1:
        return "1 other change would make no difference that can be seen."
    return f"{count} other changes would make no difference that can be seen."


def helps_all(count: int) -> str:
    """Label of the switch that shows all changes."""
    return f"Show all {count} changes that help"


def helps_refused(count: int) -> str:
    """Changes that could not be worked out."""
    return f"{count} changes could not be worked out in this network."


def helps_again(message: str) -> str:
    """A caution that was said at a change above: its first sentence."""
    first = message.partition(". ")[0].rstrip(".")
    return f"{first}: as above."


def fewer(difference: float) -> str:
    """A difference in words: ``13 fewer``, ``< 1 more``."""
    size = share(abs(difference))
    size = "under 1" if size == UNDER_ONE else size
    return f"{size} {'fewer' if difference < 0 else 'more'}"


def fewer_range(low: float, high: float) -> str:
    """The range of a difference: ``2 to 14 fewer``, ``4 fewer to 3 more``."""
    ends = sorted((low, high), key=abs)
    near, far = (share(abs(end)) for end in ends)
    if low < 0 < high and "0" not in (near, far):
        return f"{share(-low)} fewer to {share(high)} more"
    word = "fewer" if ends[1] < 0 else "more"
    return f"{near} {word}" if near == far else f"{near} to {far} {word}"
