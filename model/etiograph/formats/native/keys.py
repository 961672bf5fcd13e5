"""What every key of a model file means: the texts of its reference and of the schema for editors.

Which keys there are, and what kind of value each holds, stands in `schema`; a test holds the two together.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from etiograph.network.parameter import GRADES, KINDS
from etiograph.network.reading import DISTRIBUTIONS
from etiograph.network.rules import LEVELS
from etiograph.network.variable import ROLES


@dataclass(frozen=True, slots=True)
class Key:
    """One key of a table.

    Attributes
    ----------
    text : str
        What it says.
    example : str
        A value as it is written.
    default : str
        What holds where it is left out; "" for what is needed or says nothing then.
    choices : tuple of str
        The only values it may have.
    """

    text: str
    example: str
    default: str = ""
    choices: tuple[str, ...] = ()


WHEN = Key(
    "The states of parents for which it holds; a parent not named may be in any. The first line that "
    "holds wins.",
    '{age = "65_and_over", sex = ["female", "male"]}',
    "always",
)
PARENTS = Key(
    "The parents, in the order of the table's axes.",
    '["age", "sex"]',
    "those named in what follows, in order of first use",
)
PARENT = Key("The parent.", '"diuretic"')
LABELLED = Key("In plain words.", '"blood salts"')
EVIDENCE = Key("Ids of rows of the evidence table.", '["E110", "E564"]', "none")
NOTE = Key("How it was come by, for people.", '"two of three in one survey"')
LEAK = Key(
    "The probability of the effect without any of the causes; with `parents` and `rows` it may "
    "depend on others.",
    "0.05",
    "0",
)
LINKS = Key(
    "The causes, each acting by itself.",
    '[{parent = "diuretic", strength = {thiazide = 0.2}}]',
    "none",
)
PREVENTERS = Key(
    "What prevents the effect of all causes at once; a strength is the share prevented.",
    '[{parent = "stretching", strength = {yes = 0.3}}]',
    "none",
)
STRENGTH = Key(
    "For each state of the parent the probability that it produces the effect by itself; 0 where none is "
    "given. An odds or risk ratio against a `baseline` will do.",
    '{thiazide = 0.2, loop = {value = 0.15, low = 0.05, high = 0.3, grade = "C"}}',
)
LESS_WITH = Key(
    "Modifier and its state: the share by which it weakens this link.",
    "{stretching = {yes = 0.3}}",
    "none",
)
LIMIT = "Limit of a reading, in its canonical unit: the value is {}."

VARIABLE = {
    "states": Key(
        "The names of its states, each once; the first is the reference state. Needed of a variable.",
        '["absent", "present"]',
        '`["absent", "present"]` of a flag',
    ),
    "mechanism": Key(
        "How its parents make it what it is; of the kind that `kind` says.",
        '{kind = "table", rows = [{p = {present = 0.2}}]}',
    ),
    "role": Key("What it is in the network.", '"condition"', "`variable`; `flag` of a flag", ROLES),
    "label": Key("Its name for readers.", '"leg cramps"', "the name, underscores as spaces"),
    "definition": Key("What counts as having it.", '"Cramps at rest in the last three months."'),
    "group": Key(
        "Where readers find it; one of `about.groups` if these are listed.", '"Blood tests"'
    ),
    "order": Key(
        "The states from low to high, where that is another order than `states`.",
        '["low", "normal", "high"]',
        "as in `states`",
    ),
    "recurring": Key(
        "Whether each period draws it afresh (the outcome and its signs).", "true", "false"
    ),
    "persistence": Key(
        "Of a recurring variable: the share of its noise that lasts into the next period.",
        "0.8",
        "0",
    ),
    "lasting": Key(
        "States that do not heal from one period to the next; as a table each with the time in which it "
        "does (needs `about.horizon`).",
        '{present = "2 years"}',
        "none",
    ),
    "observable": Key("False for what no one can be asked or tested for.", "false", "true"),
    "synonyms": Key("Other names it goes by.", '["pins and needles"]', "none"),
    "codes": Key(
        "Codes in outside systems (docs/fhir.md); as pairs where a system has several.",
        '{"SNOMED CT" = "449917004"}',
        "none",
    ),
    "state_labels": Key(
        "Text of a state where it differs from its name.", '{under_50 = "under 50"}', "the names"
    ),
    "cost": Key("Cost of finding it out, in the network's unit of cost.", "3.0", "none stated"),
    "burden": Key("Of a test: what it asks of the person.", '"a needle in the arm"'),
    "turnaround": Key("Of a test: how long it takes.", '"1 day"'),
}

TABLES: dict[str, dict[str, Key]] = {
    "file": {
        "format": Key("The version of this format.", "1"),
        "variables": Key(
            "The variables, in an order of your choice.",
            '{rain = {states = ["no", "yes"], mechanism = {kind = "table", rows = [{p = {yes = 0.2}}]}}}',
        ),
        "about": Key("What is said of the whole.", '{title = "Wet grass"}', "nothing"),
        "flags": Key(
            "Findings that only rules look at; no probability sees them.", "{fainting = {}}", "none"
        ),
        "rules": Key(
            "Warnings that come before any probability.",
            '[{id = "faint", level = "urgent", message = "See somebody today.", '
            'when = {fainting = "present"}}]',
            "none",
        ),
        "calibration": Key(
            "Probabilities that shall come out, each solved by one number (`etiograph calibrate`).",
            '[{solve = "cramps.leak", of = {cramps = "present"}, value = 0.3}]',
            "none",
        ),
        "next_steps": Key(
            "What tests cost and what missing a disease does: what to ask and test next follows.",
            '{unit = "minutes of a doctor"}',
            "nothing: next tests are ranked by information alone",
        ),
        "between_sources": Key(
            "How far numbers differ between populations by more than their ranges say.",
            '{grades = ["B", "C"], probability = 0.5}',
            "ranges are drawn as they are stated",
        ),
    },
    "about": {
        "name": Key("A name without spaces, by which links and reports call it.", '"leg_cramps"'),
        "title": Key("The title readers see.", '"Leg cramps"', "the name"),
        "version": Key("Version of the network, not of the format.", '"1.0.0"'),
        "purpose": Key("What it is for.", '"Which causes of cramps are likely."'),
        "users": Key("Whom it is for.", '"Clinicians and teachers."'),
        "population": Key("Of whom it speaks.", '"Adults in primary care."'),
        "literature_search": Key("When the literature was last searched.", '"2026-11"'),
        "validated_on": Key("What it was tested on.", '"nothing yet"'),
        "target": Key("The outcome: the variable whose causes are asked for.", '"leg_cramps"'),
        "evidence": Key(
            "File name of the evidence table.",
            '"evidence.csv"',
            "`evidence.csv` beside the file, if there",
        ),
        "source": Key(
            "Where a network taken over comes from.", '"Lauritzen and Spiegelhalter 1988"'
        ),
        "licence": Key("Under which licence it may be used.", '"MIT"'),
        "language": Key("Language of its texts.", '"en"'),
        "cases": Key("What it speaks of where that is not people.", '"days"', "people"),
        "horizon": Key('How far "from now on" looks ahead.', '"3 months"', "not stated"),
        "exclusions": Key("Whom or what it does not speak of.", '["Children"]', "none"),
        "weaknesses": Key("What is known to be weak.", '["Made-up numbers."]', "none"),
        "causes": Key(
            "The possible causes that are ranked.",
            '["magnesium_depletion", "diuretic"]',
            "variables of the role `body` or `condition`, else all that have an effect",
        ),
        "groups": Key(
            "The groups of variables, in the order they are shown.", '["Background"]', "none"
        ),
        "forbidden": Key(
            "Rows that the file a network was taken over from left undefined and that are never met: the "
            "variable, and of each row the states of its parents. A change that leads there is refused.",
            '{grass = [["on", "yes"]]}',
            "none",
        ),
        "baseline": Key(
            "Variables that the baseline shares with a case where they are known, as age and sex.",
            '["age", "sex"]',
            "none: everybody",
        ),
        "blamed": Key(
            "Variables that people blame, each with a sentence about it: where one is entered, what goes "
            "from it to the target, and by which ways, is said.",
            '{calcium_supplement = "Nothing published shows that it brings on cramps."}',
            "none",
        ),
        "authors": Key("Who made it.", '["A. Author"]', "none"),
        "learned": Key(
            "The book of `etiograph update` and `fit`: which cohorts moved numbers, one after the other.",
            '[{cohort = "ward 7", n = 200.0, how = "update"}]',
            "none",
        ),
    },
    "cohort": {
        "cohort": Key("What it is called among the evidence.", '"ward 7"'),
        "n": Key("Cases, weights counted.", "200.0"),
        "how": Key("What was done with it: update or fit.", '"update"'),
        "date": Key("When it was seen.", '"2026-05"', "not stated"),
        "given": Key(
            "How its people came into the table.", '{leg_cramps = "present"}', "as they come"
        ),
        "before": Key(
            "Each number that was moved: value, low and high as they were before, or the value alone.",
            '{"cramps.leak" = [0.3, 0.2, 0.4]}',
            "not stated",
        ),
        "mark": Key(
            "By which the same rows are known again under another name: 32 bits of a sum over all of them. "
            "Of fewer than 20 different rows none is kept.",
            '"5f0c11ab"',
            "not known again",
        ),
    },
    "variable": VARIABLE,
    "number": {
        "value": Key("The stated value: what every point answer is computed with.", "0.2"),
        "low": Key(
            "Lower end of the range; with `high`, or neither.", "0.1", "no range: taken as certain"
        ),
        "high": Key("Upper end of the range.", "0.3", "no range"),
        "coverage": Key("Share of the distribution between `low` and `high`.", "0.9", "0.95"),
        "grade": Key(
            "A measured in the target population, B in another, C small or indirect, D expert guess.",
            '"B"',
            "none",
            GRADES[1:],
        ),
        "evidence": EVIDENCE,
        "note": NOTE,
        "kind": Key("What kind of number it is.", '"odds_ratio"', "what its place asks for", KINDS),
        "baseline": Key("The probability an odds or risk ratio is taken against.", "0.05", "none"),
        "unit": Key("Unit of a mean, sd or difference.", '"mmol/L"'),
        "local": Key(
            "Whether the range is of the very people asked about, so that `between_sources` does not "
            "widen it.",
            "true",
            "false",
        ),
        "name": Key(
            "A name of its own; two places with one name share one number.",
            '"cramps.thiazide"',
            "the variable, then what tells it from its other numbers, joined by dots",
        ),
    },
    "constant": {
        "constant": Key("A number that is part of the structure: no range, no name.", "0.5"),
    },
    "row": {
        "p": Key(
            "State of the variable and its probability; one state may be left out: it has the rest.",
            "{present = 0.2}",
        ),
        "when": WHEN,
    },
    "rate": {
        "p": Key("The strength where it holds.", "0.3"),
        "when": WHEN,
    },
    "link": {"parent": PARENT, "strength": STRENGTH, "less_with": LESS_WITH},
    "link by rows": {
        "parents": Key("The parents that act together.", '["diuretic", "age"]'),
        "rows": Key("A strength for each combination; 0 where none holds.", "[{p = 0.3}]"),
        "less_with": LESS_WITH,
    },
    "leak by rows": {
        "parents": Key("The parents it depends on.", '["age"]'),
        "rows": Key(
            "A probability for each combination.", '[{when = {age = "under_50"}, p = 0.1}]'
        ),
    },
    "graded link": {
        "parent": PARENT,
        "strength": Key(
            "For each state of the parent the distribution of its own contribution; the first state "
            "has the rest.",
            "{yes = {mild = 0.3, severe = 0.1}}",
        ),
    },
    "graded link by rows": {
        "parents": Key("The parents that act together.", '["diuretic", "age"]'),
        "rows": Key("A distribution for each combination.", "[{p = {mild = 0.3, severe = 0.1}}]"),
    },
    "mechanism table": {
        "rows": Key(
            "Lines that each give a distribution; together they cover all combinations.",
            '[{when = {rain = "yes"}, p = {wet = 0.9}}, {p = {wet = 0.1}}]',
            "none: then `array`",
        ),
        "array": Key(
            "Bare numbers instead of rows: a line for each combination of the parents' states, the last "
            "parent fastest; no ranges.",
            "[[0.9, 0.1], [0.2, 0.8]]",
            "none: then `rows`",
        ),
    },
    "mechanism noisy_or": {"leak": LEAK, "links": LINKS, "preventers": PREVENTERS},
    "mechanism noisy_max": {
        "leak": Key(
            "The distribution without any of the causes; the first state has the rest.",
            "{mild = 0.1, severe = 0.02}",
            "the first state for sure",
        ),
        "links": Key(
            "The causes; the largest of their contributions counts.",
            '[{parent = "diuretic", strength = {thiazide = {mild = 0.3}}}]',
            "none",
        ),
    },
    "mechanism opposing": {
        "lowering": Key(
            "What pulls down.", '{links = [{parent = "diuretic", strength = {loop = 0.3}}]}'
        ),
        "raising": Key("What pulls up.", "{leak = 0.02}"),
        "low": Key("The state where only what lowers acts.", '"low"', "`low`"),
        "high": Key("The state where only what raises acts.", '"high"', "`high`"),
    },
    "one side": {"leak": LEAK, "links": LINKS, "preventers": PREVENTERS, "parents": PARENTS},
    "mechanism logit": {
        "baseline": Key(
            "Probabilities of the states where no parent has an odds ratio; one may be left out.",
            "{present = 0.1}",
        ),
        "effects": Key(
            "What each parent does to the odds.",
            '[{parent = "age", odds_ratio = {65_and_over = {value = 2.5, low = 1.5, high = 4.0}}}]',
            "none",
        ),
    },
    "effect": {
        "parent": PARENT,
        "odds_ratio": Key(
            "For each state of the parent the odds ratio, or one for each state of the variable against "
            "its first; 1 where none is given.",
            "{yes = 2.0}",
        ),
    },
    "mechanism cumulative_logit": {
        "baseline": Key(
            "Probabilities of the levels where no parent shifts them.", "{low = 0.2, high = 0.1}"
        ),
        "effects": Key(
            "What each parent does to the level.",
            '[{parent = "sun", lower = {little = 2.0}}]',
            "none",
        ),
    },
    "shift of the levels": {
        "parent": PARENT,
        "lower": Key(
            "State of the parent and its odds ratio of a lower level.", "{little = 2.0}", "none"
        ),
        "higher": Key(
            "State of the parent and its odds ratio of a higher level.", "{much = 1.5}", "none"
        ),
    },
    "mechanism deterministic": {
        "rows": Key(
            "Lines of the rule; the first that holds wins.",
            '[{when = {cancer = "yes"}, state = "present"}]',
            "none",
        ),
        "default": Key(
            "The state where none holds.", '"absent"', "none: the rows cover everything"
        ),
    },
    "line of a rule": {
        "state": Key("The state it gives.", '"present"'),
        "when": WHEN,
    },
    "mechanism reading": {
        "mean": Key("Mean (median if log-normal) where no parent shifts it.", "0.85"),
        "sd": Key(
            "Standard deviation (of the natural log if log-normal), the same at all levels.", "0.06"
        ),
        "cutpoints": Key(
            "Between the bins, ascending; a value at a cut-point belongs to the bin above.",
            "[0.7, 1.0]",
        ),
        "unit": Key(
            "The canonical unit, in which all its numbers stand.", '"mmol/L"', "a plain number"
        ),
        "distribution": Key(
            "The distribution around the mean.", '"lognormal"', "`normal`", DISTRIBUTIONS
        ),
        "bins": Key(
            "The states from low to high.", '["low", "normal", "high"]', "the order of the states"
        ),
        "error": Key(
            "Sd of one reading around the level it reads; goes with `defines`.", "0.03", "none"
        ),
        "defines": Key(
            "The parent whose states this level defines, and the limits between them.",
            '{parent = "magnesium_level", limits = [0.7, 1.0]}',
            "none: the reading only points to its parents' states",
        ),
        "plausible": Key("Values outside are refused.", "[0.1, 5.0]", "any"),
        "units": Key("Other units: canonical units in one of them.", '{"mg/dL" = 0.4114}', "none"),
        "offsets": Key(
            "Where, in another unit, the canonical zero lies (HbA1c in % begins at 2.15).",
            '{"%" = 2.152}',
            "0 for each",
        ),
        "shifts": Key(
            "What parents do to the mean.",
            '[{parent = "depletion", shift = {present = -0.15}}]',
            "none",
        ),
    },
    "defines": {
        "parent": Key("The parent that is defined.", '"potassium_level"'),
        "limits": Key("Between its states from low to high, ascending.", "[3.5, 5.0]"),
    },
    "shift": {
        "parent": PARENT,
        "shift": Key(
            "State of the parent and what is added to the mean (log-normal: the factor on the median).",
            "{present = -0.15}",
        ),
        "when": Key(
            "States of other parents in which the shift holds.", '{age = "under_50"}', "always"
        ),
    },
    "rule": {
        "id": Key("Its name, unique in the file.", '"urgent_clot"'),
        "level": Key("How pressing it is.", '"urgent"', "", LEVELS),
        "message": Key("What to do, in plain words.", '"See somebody today."'),
        "when": Key("What has to be found.", '{leg_swelling = "one_leg"}', "nothing"),
        "any": Key("Conditions one of which has to hold.", '[{fever = "present"}]', "none"),
        "change": Key("Of a caution: the change it warns of.", '{diuretic = "none"}', "none"),
        "silences": Key(
            "Ids of rules, not more pressing, that are not said beside it.",
            '["see_low_salt"]',
            "none",
        ),
        "evidence": EVIDENCE,
        "source": Key(
            'Where it comes from if not from evidence, such as "expert".',
            '"expert"',
            "its evidence",
        ),
        "note": NOTE,
    },
    "limits": {
        "below": Key(LIMIT.format("less"), "3.0"),
        "up_to": Key(LIMIT.format("at most this"), "3.0"),
        "from": Key(LIMIT.format("at least this"), "5.5"),
        "above": Key(LIMIT.format("more"), "5.5"),
    },
    "target of calibration": {
        "solve": Key("The number that is solved.", '"leg_cramps.leak"'),
        "of": Key("The variable and its state.", '{leg_cramps = "present"}'),
        "value": Key("The probability that shall come out.", "0.35"),
        "given": Key("What is seen.", '{sex = "female"}', "nothing"),
        "do": Key("What is set from outside.", '{diuretic = "none"}', "nothing"),
        "low": Key("Lower end of the published range.", "0.3", "none"),
        "high": Key("Upper end of the published range.", "0.4", "none"),
        "id": Key("Its name.", '"women"'),
        "note": NOTE,
        "evidence": EVIDENCE,
    },
    "between_sources": {
        "grades": Key("The grades of the numbers that were found in other people.", '["B", "C"]'),
        "probability": Key(
            "Between populations, the sd of the logit of a probability.", "0.5", "0"
        ),
        "ratio": Key("The sd of the logarithm of an odds ratio or risk ratio.", "0.2", "0"),
        "questions": Key(
            "Rows of the evidence table that answer one question, list by list: what both are estimated "
            'from (`etiograph check` estimates them again, by Paule and Mandel). "E1/E2" is the odds ratio '
            "of the shares in two rows.",
            '[["E110", "E564"]]',
            "none",
        ),
        "note": NOTE,
    },
    "next_steps": {
        "unit": Key("In what costs and harms are weighed.", '"minutes of a doctor"'),
        "note": NOTE,
        "question": Key("What one question costs.", "1.0", "1"),
        "information": Key("What a bit of information is worth.", "0.5", "1"),
        "panels": Key(
            "Tests that are done together.",
            '[{id = "salts", label = "blood salts", money = 10.0, readings = ["serum_potassium"]}]',
            "none",
        ),
        "harms": Key(
            "What it costs to miss a disease, and to act without need.",
            '[{id = "clot", of = {clot = "present"}, missed = 300.0, needless = 20.0}]',
            "none",
        ),
    },
    "panel": {
        "id": Key("Its name, not that of a variable.", '"salts"'),
        "label": LABELLED,
        "money": Key("What it costs, in the unit above.", "10.0", "0"),
        "burden": Key("What it asks of the person, in that unit.", "5.0", "0"),
        "time": Key("What waiting for it costs, in that unit.", "2.0", "0"),
        "worth": Key("What it is worth where `when` holds.", "30.0", "what its readings tell"),
        "why": Key("Why it is worth that.", '"the clot is looked for"'),
        "note": NOTE,
        "readings": Key("The variables it tells.", '["serum_potassium", "serum_sodium"]', "none"),
        "when": Key("When it is wanted.", '{leg_swelling = "one_leg"}', "always"),
    },
    "harm": {
        "id": Key("Its name.", '"clot"'),
        "missed": Key("What it costs to miss it.", "300.0"),
        "needless": Key("What it costs to act without need.", "20.0"),
        "label": LABELLED,
        "why": Key("Why.", '"it may reach the lung"'),
        "grade": Key("How well that is known.", '"D"', "none"),
        "note": NOTE,
        "ask": Key("What is asked first.", '["breathlessness"]', "what tells most"),
        "test": Key("What is tested first.", '["d_dimer"]', "what tells most"),
        "evidence": EVIDENCE,
        "of": Key("The variable and its states; or `when` and `p`.", '{clot = "present"}', "none"),
        "when": Key("Where it is suspected.", '{leg_swelling = "one_leg"}', "everywhere"),
        "p": Key("How probable it is there, where no variable stands for it.", "0.1", "none"),
    },
}
TABLES["flag"] = {key: said for key, said in VARIABLE.items() if key != "mechanism"}
OWN_PARENTS = {
    "table": "none: a root",
    "deterministic": "none",
    "reading": "those of `shifts`",
    "logit": "those of `effects`",
    "cumulative_logit": "those of `effects`",
}
"""What the parents of a mechanism are that does not state them, where not those its links name."""
for _title in [title for title in TABLES if title.startswith("mechanism ")]:
    _kind = _title.removeprefix("mechanism ")
    TABLES[_title] = {
        "kind": Key("The kind of mechanism.", f'"{_kind}"'),
        "parents": replace(PARENTS, default=OWN_PARENTS.get(_kind, PARENTS.default)),
        **TABLES[_title],
    }

PROSE: dict[str, str] = {
    "file": "The file is TOML. These tables stand at its top.",
    "cohort": "A cohort that moved numbers, as `etiograph update` and `fit` write it; nothing of single people.",
    "about": "Everything here is optional; `target` and `causes` decide what is asked first.",
    "variable": "Under `[variables.NAME]`. `states` and `mechanism` are needed.",
    "flag": "Under `[flags.NAME]`: as a variable, without a mechanism. No key is needed.",
    "number": (
        "Wherever a number stands it may be bare (`0.2`), or a table with its range and sources. A bare "
        "probability of 0 or 1 is part of the structure and has no name."
    ),
    "constant": "In place of a number: one that is not to be varied.",
    "row": "A line of a table.",
    "rate": "A line of a link or leak.",
    "link": "A cause of a noisy-OR.",
    "link by rows": "A cause whose strength depends on several parents together.",
    "leak by rows": "A leak that depends on parents.",
    "graded link": "A cause of a noisy-MAX.",
    "graded link by rows": "A cause of a noisy-MAX that depends on several parents together.",
    "mechanism table": "A distribution for each combination of the parents' states.",
    "mechanism noisy_or": (
        "Two states; each cause that is present produces the effect by itself, independently (Pearl 1988)."
    ),
    "mechanism noisy_max": "The same for graded effects, states from least to most (Diez 1993).",
    "mechanism opposing": "Three states: one noisy-OR pulls down, one pulls up.",
    "one side": "One of the two noisy-ORs.",
    "mechanism logit": "A baseline and an odds ratio for each cause, multiplied.",
    "effect": "What one parent does.",
    "mechanism cumulative_logit": "Proportional odds along the order of the states.",
    "shift of the levels": "What one parent does; a state stands in one of the two.",
    "mechanism deterministic": "The state follows from the parents without any noise.",
    "line of a rule": "A line of a deterministic mechanism.",
    "mechanism reading": "A measured number; the states are bins for display, the value is never binned.",
    "defines": "A level that defines a state, as low potassium is a level below 3.5.",
    "shift": "What one parent does to a reading.",
    "rule": "Under `[[rules]]`. It needs one of `when`, `any` and `change`; no probability argues it away.",
    "condition": (
        "Variables or flags with the state, or list of states, each has to be found in; of a reading also "
        "[limits](#limits). All must hold. Instead of a variable: `all` and `any` hold lists of conditions, "
        "`not` holds one."
    ),
    "limits": "Limits of a reading inside a condition; all must hold.",
    "target of calibration": "Under `[[calibration]]`.",
    "between_sources": (
        "Under `[between_sources]`. The distance d of each end of a range from the value, on the scale of the "
        "logit or logarithm, becomes sqrt(d^2 + (z sd)^2), z = 1.96 for a range of 95 %, around a middle moved by "
        "what keeps the mean. Values stay."
    ),
    "next_steps": "Under `[next_steps]`.",
    "panel": "Under `[[next_steps.panels]]`; it needs a cost above 0, and readings, or `when` and `worth`.",
    "harm": "Under `[[next_steps.harms]]`; `of` one variable, or `when` and `p`.",
}
"""What is said of each table above its keys."""
