"""Learn: the shelf, questions, answers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from textwrap import shorten

from etiograph.teaching.posed import Given, Posed, Verdict

LEARN_NOTE = "Guess first. The answer is worked out by the network, not written down here. Begin with the first steps."
LEARN_RIGHT, LEARN_WRONG = "Right", "Not quite"
LEARN_AGAIN = "Start again"
LEARN_SHELF = "All lessons"
LEARN_PICTURE = "The network of this lesson"
LEARN_AS_IS = "the network before anything is known"
LEARN_MISSING = "This lesson needs a network that is not here:"
LEARN_CAPTION = "The numbers compared"
LEARN_TITLE = "Short lessons"
LEARN_WAIT = "More questions follow when this one is answered."
LEARN_WHY = "Why?"
LEARN_CHECK = "Check"
LEARN_TYPE = "How many of 100?"
LEARN_SET = "Pick one or more"
LEARN_ORDER = "Pick all, the first one first"
LEARN_OWN = "Open a lesson of your own"
LEARN_OWN_NOTE = (
    "A lesson is a text file. Its network is one that comes with the explorer, or the one that is open "
    "here now. It stays in this session and is no part of the link."
)
LEARN_UPLOAD = "Lesson file (.toml)"
LESSON_OPEN = "Open this case on a page of its own"
PRACTICE_TITLE = "Exercises"
PRACTICE_KIND = "Kind of exercise"
PRACTICE_PICK = "Choose a kind"
PRACTICE_NEXT = "Another one"
PRACTICE_SOLUTION = "How it is worked out"
STEPWISE_TITLE = "An exact answer, step by step"
STEPWISE_NOTE = (
    "How the network comes to a number: multiply tables, then sum a variable out. For small networks, with "
    "what is known of the case that is open."
)
STEPWISE_SHOW = "Show the steps"
STEPWISE_OF = "What to work out"
STEPWISE_STEP = "Step"
STEPWISE_PRODUCT = "First a product: in each row, multiply"
STEPWISE_LAST = "What is left: multiply, then divide by the sum"
STEPWISE_FROM, STEPWISE_NUMBER, STEPWISE_ALL = "from", "number", "all"
STEPWISE_TREE = (
    "Each box holds the variables of one product; along a line goes what its sum passes on."
)
# A class
CLASS_JOIN = "Join the class"
CLASS_JOIN_NOTE = (
    "Type the code that your teacher shows, and a name you make up. Do not use your real name. Your answers are "
    "kept under that name until the class is closed; the teacher may take them away as a table."
)
CLASS_CODE, CLASS_NAME, CLASS_ENTER = "Code", "Name you make up", "Join"
CLASS_WAIT = "You are in. The teacher has not set anything yet; this page goes on by itself."
CLASS_REFUSED = {
    "wait": "Too many wrong codes. Wait a minute, then try again.",
    "code": "That is not the code of this class.",
    "name": "Make up a name first.",
    "taken": "Somebody has taken that name. Make up another one.",
    "full": "The class is full.",
}
CLASS_TEACHER = "Your class"
CLASS_TEACHER_NOTE = (
    "Set a lesson or an exercise for everybody. What was answered before stays in the results."
)
CLASS_LESSON, CLASS_SET_LESSON = "Lesson", "Set this lesson"
CLASS_NETWORK, CLASS_SEED, CLASS_SET_EXERCISE = (
    "Network",
    "Number of the exercise",
    "Set this exercise",
)
CLASS_HEADS = ("question", "answered", "right at the first go", "other first answers")
CLASS_RESULTS = "Results (CSV)"
_TILDE = re.compile(r"([~$\[\]#|])")


def md_numbers(text: str) -> str:
    """Markdown of a lesson, with signs of other meaning in Streamlit's Markdown as plain signs."""
    return _TILDE.sub(r"\\\1", text)


def question_of(number: int, total: int, done: bool = False) -> str:
    """Where a student is."""
    return f"Question {number} of {total}{' ✓ done' if done else ''}"


def on_shelf(minutes: int, needs: Sequence[str], done: int, total: int) -> str:
    """Beside a lesson on the shelf."""
    parts = [f"{minutes} minutes"]
    if needs:
        parts.append(f"after: {', '.join(needs)}")
    if done:
        parts.append(f"{done} of {total} questions answered")
    return "; ".join(parts)


def practice_on(name: str) -> str:
    """On which network exercises are made."""
    return f"Made from the network that is open ({name}). Each has hints and a worked solution."


def no_exercise(reason: str) -> str:
    """Why a network gives no exercise of a kind."""
    return f"This network gives none of this kind: {reason}."


def stepwise_step(number: int, label: str) -> str:
    """Heading of a step."""
    return f"Step {number}: {label} is summed out"


def stepwise_inputs(names: Sequence[str]) -> str:
    """Which tables speak of a variable."""
    return f"Tables that speak of it: {'; '.join(names)}."


def stepwise_made(labels: Sequence[str]) -> str:
    """A table that an earlier step made."""
    return f"the sum over {', '.join(labels)} from before" if labels else "a number from before"


def stepwise_sum(label: str) -> str:
    """Heading of the sum."""
    return f"Then a sum: add up over {label}"


def stepwise_end(total: float, answer: Sequence[tuple[str, float]]) -> str:
    """The sum of the last table, and each number divided by it."""
    shares = ", ".join(f"{label} {100 * p:.1f} of 100" for label, p in answer)
    return f"Together {total:.4g}: so likely is what is known. Each number divided by it: {shares}."


def stepwise_tree(cliques: Sequence[Sequence[str]], edges: Sequence[tuple[int, int]]) -> str:
    """The tree of cliques for those who do not see it."""
    boxes = "; ".join(f"{k + 1}: {', '.join(each)}" for k, each in enumerate(cliques))
    lines = ", ".join(f"{a + 1} to {b + 1}" for a, b in edges)
    return f"Tree of cliques. Boxes {boxes}. Lines {lines or 'none'}."


def hint(number: int) -> str:
    """Title of a hint."""
    return f"Hint {number}"


def capital(label: str) -> str:
    """A label at the beginning of a row."""
    return label[:1].upper() + label[1:]


def graded(posed: Posed, verdict: Verdict) -> str:
    """What is said to an answer: right, or why it is not."""
    if verdict.right:
        return f"{LEARN_RIGHT}: {posed.key}. {verdict.reason}".rstrip()
    return f"{LEARN_WRONG}. {verdict.reason or 'Look again, and try another answer.'}"


def learn_score(right: int, total: int) -> str:
    """How many first answers were right, at the end."""
    return f"{right} of {total} right at the first go"


def learn_world(label: str, cut: bool) -> str:
    """Of which row of a question the diagram speaks."""
    return f"It shows: {label}.{' Dashed arrows no longer act.' if cut else ''}"


def class_seat(name: str) -> str:
    """Who a student is here."""
    return f"You are {name}."


def class_now(task: str) -> str:
    """What is set."""
    return f"Now: {task}" if task else "Nothing is set yet"


def class_way_in(address: str, code: str) -> str:
    """How students join, for the whole room to read."""
    where = f"Students open {address} and type" if address else "The code to join is"
    return f"{where} {code}"


def class_question(number: int, text: str) -> str:
    """A question in the teacher's table, by its number and first words."""
    return f"{number}. {shorten(text, 90, placeholder=' ...')}"


def class_wrong(answers: Sequence[tuple[str, int]]) -> str:
    """Wrong first answers, with how many gave each."""
    return ", ".join(f"{answer} ({count})" for answer, count in answers[:4]) or "-"


def out_of(count: int, total: int) -> str:
    """How many of those who are there."""
    return f"{count} of {total}"


def class_size(count: int) -> str:
    """How many joined."""
    return f"{count} {'student has' if count == 1 else 'students have'} joined."


def answered(posed: Posed, given: Given) -> str:
    """An answer in words, for the results."""
    if isinstance(given, int) and posed.form == "choice":
        return posed.options[given].text
    if isinstance(given, int | float):
        return f"{given:g}"
    places = sorted(given) if posed.form == "set" else given
    return ", ".join(posed.options[k].text for k in places if isinstance(k, int))
