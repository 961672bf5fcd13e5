"""Learn: lessons, questions, answers."""

from __future__ import annotations

LEARN_PICK = "Lesson"
LEARN_NOTE = "Guess first. The answer is worked out by the network, not written down here."
LEARN_OPTIONS = {"more": "Higher", "less": "Lower", "same": "About the same"}
LEARN_RIGHT, LEARN_WRONG = "Right", "Not quite"
LEARN_AGAIN = "Start again"
LEARN_PICTURE = "The network of this lesson"
LEARN_MISSING = "This lesson needs a network that is not installed:"
LEARN_CAPTION = "The two numbers compared"
LEARN_TITLE = "Short lessons"
LEARN_WAIT = "It opens when the one before it is answered."


def question_of(number: int, total: int, done: bool = False) -> str:
    """Where a student is."""
    return f"Question {number} of {total}{' ✓ done' if done else ''}"


def capital(label: str) -> str:
    """A label at the beginning of a row."""
    return label[:1].upper() + label[1:]


def graded(guess: str, right: str) -> str:
    """What the network says to a guess; the bars beside it show both numbers."""
    said = LEARN_OPTIONS[guess].lower()
    if guess == right:
        return f"{LEARN_RIGHT}: it is {said}."
    return f"{LEARN_WRONG}: it is not {said} but {LEARN_OPTIONS[right].lower()}."


def learn_score(right: int, total: int) -> str:
    """How many guesses were right, above the reason."""
    return f"{right} of {total} right. Why?"


def learn_world(label: str, cut: bool) -> str:
    """Of which row of a question the diagram speaks."""
    return f"It shows: {label}.{' Dashed arrows no longer act.' if cut else ''}"


LESSON_SUPPLEMENT = "The blamed supplement"
LESSON_SUPPLEMENT_STORY = (
    "People of 65 and over often take magnesium. Many of those who take it have cramps. "
    "Does the supplement bring on the cramps, or do the cramps bring people to the supplement?"
)
LESSON_SUPPLEMENT_SEE = "Look at two groups: those who take magnesium and those who do not. Among those who take it, the share with cramps is ..."
LESSON_SUPPLEMENT_DO = "Now give magnesium to everybody, and in another world to nobody. With magnesium, the share with cramps is ..."
LESSON_SUPPLEMENT_WHY = (
    "People take magnesium because they have had cramps for years, or take a diuretic. These lead to the supplement and to cramps, so the "
    "two go together without one causing the other. Setting the supplement from outside cuts the arrows into it, "
    "and what is left is its own small effect: that is P(cramps | do(supplement))."
)
LESSON_WORLDS = "See, do, imagine"
LESSON_WORLDS_STORY = (
    "A sprinkler runs more often under a clear sky. Sprinkler and rain both wet the grass. "
    "To see the sprinkler run, to switch it on, and to imagine it off: these are three different questions."
)
LESSON_WORLDS_SEE = (
    "You see that the sprinkler is running. Compared with before, the chance of a cloudy sky is ..."
)
LESSON_WORLDS_DO = (
    "You switch the sprinkler on yourself. Compared with before, the chance of a cloudy sky is ..."
)
LESSON_WORLDS_HAD = "The sprinkler is on and the grass is wet. Had the sprinkler been off, the chance of wet grass would be ..."
LESSON_WORLDS_WHY = (
    "Seeing tells about causes: a running sprinkler speaks for a clear sky, P(clouds | sprinkler). Doing cuts the arrow from the sky to the "
    "sprinkler, so nothing is learnt about the sky, P(clouds | do(sprinkler)). Imagining keeps what is known of this very lawn, "
    "here that it may have rained, and changes one thing only."
)
LESSON_OPEN = "Open this case on a page of its own"
LESSON_BASE = "How common is it anyway?"
LESSON_BASE_STORY = (
    "In a chest clinic an X-ray is abnormal in nearly all people with tuberculosis. "
    "A person has an abnormal X-ray. How likely is tuberculosis?"
)
LESSON_BASE_TURN = (
    "98 of 100 people with tuberculosis have an abnormal X-ray. Compared with that, the share with tuberculosis "
    "among 100 people with an abnormal X-ray is ..."
)
LESSON_BASE_VISIT = "Now the person has also been to a place where tuberculosis is common. Compared with the X-ray alone, tuberculosis is ..."
LESSON_BASE_WHY = (
    "Tuberculosis is rare here: 1 of 100 people. Most abnormal X-rays come from something more common. P(X-ray | tuberculosis) is not "
    "P(tuberculosis | X-ray): odds after = odds before x how much the finding speaks for it."
)
LESSON_AWAY = "One cause explains it"
LESSON_AWAY_STORY = "Lung cancer and tuberculosis have nothing to do with each other in this network, but both show on an X-ray."
LESSON_AWAY_FIRST = "The X-ray is abnormal. Compared with before, lung cancer is ..."
LESSON_AWAY_THEN = "Now it turns out that the person has tuberculosis. Compared with the abnormal X-ray alone, lung cancer is ..."
LESSON_AWAY_WHY = (
    "The X-ray asks for a cause. Tuberculosis is enough of one, so nothing is left that speaks for cancer: it is back to what it "
    "was before the X-ray, P(cancer | X-ray, tuberculosis) = P(cancer). This is called explaining away."
)
LESSON_SIMPSON = "Better overall, worse in each group"
LESSON_SIMPSON_STORY = (
    "Kidney stones were removed by puncture through the skin or by open surgery. Large stones are harder to treat, and were mostly given open surgery. "
    "The figures are those of a well known study (Charig 1986)."
)
LESSON_SIMPSON_ALL = "Among all people, success after open surgery, compared with puncture, is ..."
LESSON_SIMPSON_SMALL = "Among people with small stones only, success after open surgery is ..."
LESSON_SIMPSON_LARGE = "Among people with large stones only, success after open surgery is ..."
LESSON_SIMPSON_DO = "If everybody were given open surgery, compared with everybody given puncture, success would be ..."
LESSON_SIMPSON_WHY = (
    "The size of the stone leads to the treatment and to success, so the plain comparison sets hard cases beside easy ones. "
    "Compare like with like, then average over all people: P(success | do(treatment)). This is Simpson's paradox."
)
LESSON_TELLS = "What tells of what"
LESSON_TELLS_STORY = (
    "Clouds bring rain and keep the sprinkler off. Sprinkler and rain both wet the grass. Does a running sprinkler tell "
    "anything about rain? That depends on what is known already."
)
LESSON_TELLS_OPEN = (
    "Nothing is known. You see the sprinkler running. Compared with before, rain is ..."
)
LESSON_TELLS_SHUT = "You know that it is cloudy. Then you see the sprinkler running. Compared with knowing the clouds alone, rain is ..."
LESSON_TELLS_MEET = "You know that it is cloudy and that the grass is wet. Then you see the sprinkler running. Rain is ..."
LESSON_TELLS_WHY = (
    "A common cause links its effects until it is known; then the way between them is shut: "
    "P(rain | clouds, sprinkler) = P(rain | clouds). A common effect does the opposite: its causes "
    "tell nothing of each other until it, or something after it, is known. This is d-separation."
)
TB_XRAY = "abnormal X-ray in those with tuberculosis"
XRAY_TB = "tuberculosis in those with an abnormal X-ray"
TB_VISIT = "tuberculosis with an abnormal X-ray and the visit"
CANCER_BEFORE = "lung cancer before the X-ray"
CANCER_XRAY = "lung cancer with an abnormal X-ray"
CANCER_AWAY = "lung cancer with an abnormal X-ray and tuberculosis"
PUNCTURE, SURGERY = "success after puncture", "success after open surgery"
DO_PUNCTURE = "success if everybody had a puncture"
DO_SURGERY = "success if everybody had open surgery"
RAIN_BEFORE, RAIN_ON = "rain before anything is seen", "rain when the sprinkler runs"
RAIN_CLOUDS = "rain when it is cloudy"
RAIN_CLOUDS_ON = "rain when it is cloudy and the sprinkler runs"
RAIN_WET = "rain when it is cloudy and the grass is wet"
RAIN_WET_ON = "rain when it is cloudy, the grass is wet and the sprinkler runs"
SEE_TAKES, SEE_NOT = "cramps in those who take it", "cramps in those who do not take it"
DO_TAKES, DO_NOT = "cramps if everybody takes it", "cramps if nobody takes it"
CLOUDS_BEFORE = "clouds before anything is seen"
CLOUDS_SEEN, CLOUDS_DONE = "clouds when you see it run", "clouds when you switch it on"
WET_IS, WET_HAD = "wet grass as it is", "wet grass had it been off"
