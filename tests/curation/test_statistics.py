"""Published statistics beside the network's own, by hand and by brute force."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.texts import ACHES
from typer.testing import CliRunner

import etiograph as eg
from etiograph.commands import cli
from etiograph.curation import agreement
from etiograph.curation.published import all_checks, read_checks, read_evidence
from etiograph.curation.statistics import Compared, compare, count_inside, questions
from etiograph.errors import ImpossibleFindings, InvalidNetwork, UnknownName, UnreadableFile

# Sex confounds drug and ache. By hand: P(drug) = 0.5 * 0.2 + 0.5 * 0.6 = 0.4.
SOURCED = '{ value = 0.5, low = 0.4, high = 0.6, grade = "B", evidence = ["E1"], note = "Half." }'
EVIDENCE = "id,quantity,population\nE1,Men,Everybody\nE2,Ache,Everybody\n"
# P(ache | drug) = (0.1 * 0.3 + 0.3 * 0.5) / 0.4; P(ache | no drug) = (0.4 * 0.1 + 0.2 * 0.2) / 0.6
SEEN, UNSEEN = 0.18 / 0.4, 0.08 / 0.6
# P(ache | do(drug)) = (0.3 + 0.5) / 2, P(ache | do(no drug)) = (0.1 + 0.2) / 2
DONE, UNDONE = 0.4, 0.15


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    text = ACHES.replace("SOURCED", SOURCED)
    (tmp_path / "model.toml").write_text(text, encoding="utf-8")
    (tmp_path / "evidence.csv").write_text(EVIDENCE, encoding="utf-8")
    return tmp_path


def entry(text: str, bounds: str = "value = 0.5\nlow = 0.0\nhigh = 9.0") -> str:
    rest = 'evidence = ["E2"]\nset = false\n'
    return f'[[checks]]\nid = "c"\n{text}\n{bounds}\n{rest}'


def compared(folder: Path, *entries: str) -> tuple[Compared, ...]:
    path = folder / "checks.toml"
    path.write_text("\n".join(entries), encoding="utf-8")
    network = eg.load(folder / "model.toml")
    return compare(network, read_checks(network, path))


ACHE = 'of = { ache = "present" }'
SEE = f'{ACHE}\ngiven = {{ drug = "yes" }}\nagainst = {{ drug = "no" }}'
DO = f'{ACHE}\ndo = {{ drug = "yes" }}\nagainst = {{ drug = "no" }}'
QUESTIONS = [
    (f'statistic = "probability"\n{ACHE}', 0.4 * SEEN + 0.6 * UNSEEN),
    (f'statistic = "probability"\n{ACHE}\ndo = {{ drug = "yes" }}', DONE),
    ('statistic = "probability"\nof = { ache = ["present", "absent"] }', 1.0),
    ('statistic = "mean"\nof = { sex = { female = 2.0, male = 4.0 } }', 3.0),
    (f'statistic = "difference"\n{SEE}', SEEN - UNSEEN),
    (f'statistic = "risk_ratio"\n{SEE}', SEEN / UNSEEN),
    (f'statistic = "odds_ratio"\n{SEE}', SEEN / (1 - SEEN) / (UNSEEN / (1 - UNSEEN))),
    (f'statistic = "difference"\n{DO}', DONE - UNDONE),
    (f'statistic = "risk_ratio"\n{DO}', DONE / UNDONE),
    (f'statistic = "odds_ratio"\n{DO}\ngiven = {{ sex = "male" }}', 4.0),
]


def test_statistics_by_hand(folder: Path) -> None:
    rows = compared(folder, *(entry(text) for text, _ in QUESTIONS))
    assert [row.answer for row in rows] == pytest.approx([answer for _, answer in QUESTIONS])


def test_a_ratio_to_nothing_is_infinite_and_outside(folder: Path) -> None:
    text = (folder / "model.toml").read_text(encoding="utf-8")
    text = text.replace("[0.9, 0.1]", "[1.0, 0.0]").replace("[0.8, 0.2], [0.5", "[1.0, 0.0], [0.5")
    (folder / "model.toml").write_text(text, encoding="utf-8")
    for statistic in ("risk_ratio", "odds_ratio"):
        (row,) = compared(folder, entry(f'statistic = "{statistic}"\n{DO}'))
        assert row.answer == float("inf")
        assert not row.inside


def test_inside_counts_set_and_predicted_apart(folder: Path) -> None:
    ache = f'statistic = "probability"\n{ACHE}'
    narrow = "value = 0.9\nlow = 0.8\nhigh = 1.0"
    cited = entry(ache).replace("set = false", "set = true")
    rows = compared(folder, entry(ache), entry(ache, narrow), cited)
    assert [row.inside for row in rows] == [True, False, True]
    assert count_inside(rows, is_set=False) == (1, 2)
    assert count_inside(rows, is_set=True) == (1, 1)


def test_part_of_a_state_may_be_meant(folder: Path) -> None:
    """All women and a quarter of the men: by hand, of P(drug, ache | sex) over both."""
    part = "given = { sex = { female = 1.0, male = 0.25 } }"
    (row,) = compared(folder, entry(f'statistic = "probability"\n{ACHE}\n{part}'))
    women, men = 0.8 * 0.1 + 0.2 * 0.3, 0.4 * 0.2 + 0.6 * 0.5
    assert row.answer == pytest.approx((women + 0.25 * men) / 1.25)
    assert agreement.question(row.check) == "ache = present given sex = female or 25 % of male"
    said = agreement.question_words(eg.load(folder / "model.toml"), row.check)
    assert said == "Ache, among cases where sex is female or male (counting 25 % of those male)"


def test_sources_that_ask_the_same_are_held_against_together(folder: Path) -> None:
    """One answer can't lie in two ranges that exclude each other; 0.26 lies between them."""
    ache = f'statistic = "probability"\n{ACHE}'
    lower = entry(ache, "value = 0.1\nlow = 0.05\nhigh = 0.15")
    upper = entry(ache, "value = 0.5\nlow = 0.4\nhigh = 0.6")
    rows = compared(folder, lower, entry(f'statistic = "difference"\n{DO}'), upper)
    assert [row.inside for row in rows] == [False, True, False]
    together, other = questions(rows)
    assert (together.low, together.high) == (0.05, 0.6)
    assert together.inside
    assert len(together.checks) == 2
    assert len(other.checks) == 1
    assert count_inside(questions(rows), is_set=False) == (2, 2)
    assert agreement.counts(rows) == [
        "predicted: 2 of 2 (100 %) inside; figure by figure, 1 of 3 (33 %)"
    ]
    known = read_evidence(folder / "evidence.csv")
    shown = agreement.cells(together, known, {})
    assert shown[:2] == ("E2 E2", "Ache (Everybody): 10 %; Ache (Everybody): 50 %")


def test_a_question_counts_as_set_where_any_of_its_sources_is_cited(folder: Path) -> None:
    ache = f'statistic = "probability"\n{ACHE}'
    cited = entry(ache).replace("set = false", "set = true")
    (both,) = questions(compared(folder, entry(ache), cited))
    assert both.is_set


def test_a_question_is_the_same_however_it_is_written(folder: Path) -> None:
    see = f'statistic = "difference"\n{SEE}'
    listed = see.replace('given = { drug = "yes" }', 'given = { drug = ["yes"] }')
    other = see.replace('against = { drug = "no" }', 'against = { drug = "yes" }')
    assert len(questions(compared(folder, entry(see), entry(listed), entry(other)))) == 2


@pytest.mark.parametrize(
    ("text", "error", "said"),
    [
        (
            f'statistic = "probability"\n{ACHE}\ngiven = {{ sex = {{ male = 2.0 }} }}',
            InvalidNetwork,
            "no share",
        ),
        (f'statistic = "median"\n{ACHE}', InvalidNetwork, "median"),
        ('statistic = "probability"', InvalidNetwork, "'of' is missing"),
        ('statistic = "probability"\nof = {}', InvalidNetwork, "statistic 'c'"),
        ('statistic = "probability"\nof = { itch = "present" }', UnknownName, "itch"),
        ('statistic = "probability"\nof = { ache = "much" }', UnknownName, "much"),
        (f'statistic = "odds_ratio"\n{ACHE}', InvalidNetwork, "against"),
        (
            f'statistic = "odds_ratio"\n{ACHE}\nagainst = {{ drug = "no" }}',
            InvalidNetwork,
            "in neither",
        ),
    ],
)
def test_refuses(folder: Path, text: str, error: type[Exception], said: str) -> None:
    with pytest.raises(error, match=said):
        compared(folder, entry(text))


def test_refuses_a_value_outside_its_own_range(folder: Path) -> None:
    with pytest.raises(InvalidNetwork, match="outside its range"):
        compared(folder, entry(f'statistic = "probability"\n{ACHE}', "value=3\nlow=0\nhigh=1"))


def test_refuses_an_impossible_group(folder: Path) -> None:
    text = (folder / "model.toml").read_text(encoding="utf-8")
    text = text.replace("[[0.8, 0.2], [0.4, 0.6]]", "[[1.0, 0.0], [1.0, 0.0]]")
    (folder / "model.toml").write_text(text, encoding="utf-8")
    with pytest.raises(ImpossibleFindings, match="statistic 'c'"):
        compared(folder, entry(f'statistic = "probability"\n{ACHE}\ngiven = {{ drug = "yes" }}'))


def test_no_file(folder: Path) -> None:
    with pytest.raises(UnreadableFile):
        read_checks(eg.load(folder / "model.toml"), folder / "checks.toml")
    with pytest.raises(UnreadableFile):
        read_evidence(folder / "nothing.csv")


def test_what_was_held_out_is_counted_apart(folder: Path) -> None:
    compared(folder, entry(f'statistic = "probability"\n{ACHE}'))
    words = ["check", str(folder / "model.toml"), "--against", "evidence"]
    assert "held out" not in CliRunner().invoke(cli.app, words).output
    (folder / "checks.toml").rename(folder / "held_out.toml")
    compared(folder, entry(f'statistic = "probability"\n{ACHE}'))
    said = " ".join(CliRunner().invoke(cli.app, words).output.split())
    assert (
        "against them: 1 of 1 (100 %) inside; 0 of 1 (0 %) in the network's own intervals" in said
    )


def test_the_command_prints_the_table_and_writes_it(folder: Path) -> None:
    compared(folder, entry(f'statistic = "probability"\n{ACHE}'))
    words = ["check", str(folder / "model.toml"), "--against", "evidence"]
    done = CliRunner().invoke(cli.app, words)
    assert done.exit_code == 0, done.output
    for said in ("E2", "Ache", "26 %", "predicted: 1 of 1 (100 %) inside"):
        assert said in done.output
    readme = folder / "README.md"
    readme.write_text(f"Before\n{agreement.BEGIN}\nold\n{agreement.END}\nafter\n", encoding="utf-8")
    for _ in range(2):
        assert CliRunner().invoke(cli.app, [*words, "--into", str(readme)]).exit_code == 0
    text = readme.read_text(encoding="utf-8")
    assert text.startswith(f"Before\n{agreement.BEGIN}\n| grade")
    assert text.endswith(f"{agreement.END}\nafter\n")
    assert (
        text.count(
            "| E2 | Ache (Everybody) | ache = present | 0 % to 900 % | 26 % | 24 % to 28 %, no | predicted | yes |"
        )
        == 1
    )
    assert "\nold\n" not in text


def test_the_question_is_shown(folder: Path) -> None:
    rows = compared(folder, *(entry(text) for text, _ in QUESTIONS))
    said = [agreement.question(row.check) for row in rows]
    assert said[1] == "ache = present given do(drug = yes)"
    assert said[2] == "ache = present or absent"
    assert said[3] == "mean of sex = female or male"
    assert said[-1] == (
        "odds ratio of ache = present given do(drug = yes), sex = male, against drug = no"
    )
    network = eg.load(folder / "model.toml")
    words = [agreement.question_words(network, row.check) for row in rows]
    assert words[1] == "Ache, with drug set to yes"
    assert words[-1] == (
        "Odds ratio of ache, among cases where sex is male, with drug set to yes, against drug set to no"
    )


def test_a_file_without_marks_is_left_alone(folder: Path) -> None:
    compared(folder, entry(f'statistic = "probability"\n{ACHE}'))
    readme = folder / "README.md"
    readme.write_text("Nothing\n", encoding="utf-8")
    words = ["check", str(folder / "model.toml"), "--against", "evidence", "--into", str(readme)]
    assert CliRunner().invoke(cli.app, words).exit_code == 2
    assert readme.read_text(encoding="utf-8") == "Nothing\n"


@pytest.mark.slow
def test_the_leg_cramp_readme_holds_the_table_of_the_model(root: Path) -> None:
    folder = root / "data" / "leg_cramps"
    network = eg.load(folder / "model.toml")
    rows = compare(network, read_checks(network, folder / "checks.toml"))
    text = (folder / "README.md").read_text(encoding="utf-8")
    _, _, rest = text.partition(agreement.BEGIN)
    table, _, _ = rest.partition(agreement.END)
    known = read_evidence(folder / "evidence.csv")
    aside = compare(network, read_checks(network, folder / "held_out.toml"))
    assert table.strip() == agreement.markdown(network, rows, known, aside)


def test_all_files_of_published_statistics_have_one_reader(folder: Path) -> None:
    one = entry(f'statistic = "probability"\n{ACHE}')
    compared(folder, one)  # writes checks.toml
    network = eg.load(folder / "model.toml")
    assert list(all_checks(network, folder)) == ["checks"]
    (folder / "held_out.toml").write_bytes((folder / "checks.toml").read_bytes())
    found = all_checks(network, folder)
    assert list(found) == ["checks", "set aside"]
    assert found["set aside"] == found["checks"] == read_checks(network, folder / "checks.toml")
