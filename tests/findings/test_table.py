"""The contract of tables of cases: what is unknown, what names a state, units, wrong tables."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import etiograph as eg
from etiograph.findings.cell import finding_of
from etiograph.findings.files import blocks_of
from etiograph.findings.table import read_cases
from etiograph.network.likelihoods import encode


def equal(one: Any, other: Any) -> bool:
    """Equal but for rounding: the same rows may be answered by another program the second time."""
    return bool(np.allclose(one, other, rtol=0, atol=1e-12, equal_nan=True))


MIXING = ("None", "Mild", "NA")


@pytest.fixture(scope="module")
def mixing() -> eg.Network:
    """P(cyanosis = yes) by mixing: .1, .5, .8; of all: .36."""
    return eg.Network.from_tables(
        {"mixing": list(MIXING), "cyanosis": ["no", "yes"]},
        {"mixing": [], "cyanosis": ["mixing"]},
        {
            "mixing": np.array([0.5, 0.3, 0.2]),
            "cyanosis": np.array([[0.9, 0.1], [0.5, 0.5], [0.2, 0.8]]),
        },
    )


@pytest.fixture(scope="module")
def cramps() -> eg.Network:
    return eg.load("leg_cramps")


@pytest.fixture(scope="module")
def asia() -> eg.Network:
    return eg.load("asia")


def in_every_form(columns: dict[str, list[Any]], folder: Path) -> dict[str, Any]:
    """A table of text in all forms that a table may have."""
    frame = pd.DataFrame(columns, dtype=object)
    table = pa.table({n: pa.array(c, pa.string()) for n, c in columns.items()})
    forms: dict[str, Any] = {
        "dict": columns,
        "rows": frame.to_dict("records"),
        "arrays": {n: np.array(c, dtype=object) for n, c in columns.items()},
        "object": frame,
        "text": frame.astype("str").where(frame.notna()),
        "string": frame.astype("string"),
        "category": frame.astype("category"),
        "arrow": table,
        "batch": table.combine_chunks().to_batches()[0] if table.num_rows else table,
        "chunks": pa.concat_tables([table.slice(0, 1), table.slice(1)]),
        "dictionary": pa.table({n: table[n].dictionary_encode() for n in columns}),
        "polars": pl.DataFrame(table),
        "polars categories": pl.DataFrame(table).cast(pl.Categorical),
    }
    pq.write_table(table, folder / "t.parquet")
    forms["parquet"] = folder / "t.parquet"
    for name, separator, head in (("comma", ",", ""), ("semi", ";", "\ufeff"), ("tab", "\t", "")):
        text = head + frame.to_csv(index=False, sep=separator)
        path = folder / f"{name}.csv"
        path.write_text(text, encoding="utf-8")
        forms[name] = path
        with gzip.open(folder / f"{name}.csv.gz", "wt", encoding="utf-8") as file:
            file.write(text)
        forms[f"{name} gz"] = str(folder / f"{name}.csv.gz")
    return forms


def test_a_state_called_none_is_a_state(mixing: eg.Network, tmp_path: Path) -> None:
    for form, table in in_every_form({"mixing": list(MIXING)}, tmp_path).items():
        found = mixing.posteriors(table, of=["cyanosis"])
        assert found["cyanosis"][:, 1].tolist() == pytest.approx([0.1, 0.5, 0.8], abs=1e-12), form


def test_marks_of_the_caller_are_unknown(mixing: eg.Network, tmp_path: Path) -> None:
    for form, table in in_every_form({"mixing": list(MIXING)}, tmp_path).items():
        for missing in (("", "NA"), "NA", {"mixing": ("NA",)}):
            found = mixing.posteriors(table, of=["cyanosis"], missing=missing)
            p = found["cyanosis"][:, 1].tolist()
            assert p == pytest.approx([0.1, 0.5, 0.36], abs=1e-12), form
        other = mixing.posteriors(table, of=["cyanosis"], missing={"cyanosis": ("NA",)})
        assert other["cyanosis"][2, 1] == pytest.approx(0.8, abs=1e-12), form


@pytest.mark.parametrize("cell", ["none", "n/a", "null", "nan", " ", "#N/A"])
def test_no_other_text_is_unknown(mixing: eg.Network, tmp_path: Path, cell: str) -> None:
    for table in in_every_form({"mixing": ["Mild", cell]}, tmp_path).values():
        with pytest.raises(eg.UnknownName) as refused:
            mixing.posteriors(table)
        note = refused.value.__notes__[0]
        assert "row 2 of" in note
        assert "column 'mixing'" in note


def test_all_forms_are_one_table(asia: eg.Network, tmp_path: Path) -> None:
    drawn = asia.sample(40, np.random.default_rng(0)).astype(object)
    holes = np.random.default_rng(1).random(drawn.shape) < 0.5
    columns = {
        n: [None if hole else x for x, hole in zip(drawn[n], holes[:, i], strict=True)]
        for i, n in enumerate(drawn)
    }
    want = asia.posteriors(columns).marginals
    for form, table in in_every_form(columns, tmp_path).items():
        assert equal(asia.posteriors(table).marginals, want), form


@pytest.mark.parametrize(
    "column",
    [
        [1, 0, None],
        [1.0, 0.0, float("nan")],
        [True, False, None],
        ["1", "0", ""],
        ["1.0", "0.0", None],
        ["True", "false", ""],
        pd.array([1, 0, None], dtype="Int64"),
        pd.array([True, False, None], dtype="boolean"),
        pd.array([1, 0, None], dtype="Float32"),
        pd.Series([1.0, 0.0, None]),
        pd.Categorical([1, 0, None]),
        np.array([1.0, 0.0, np.nan]),
        pa.array([1, 0, None]),
        pa.array([True, False, None]),
        pa.array([1.0, 0.0, float("nan")], pa.float32()),
        pl.Series([1, 0, None]),
        pl.Series([True, False, None]),
    ],
    ids=lambda column: type(column).__name__,
)
def test_numbers_and_booleans_name_states(column: Any) -> None:
    network = eg.Network.from_tables(
        {"s": ["0", "1"], "t": ["no", "yes"]},
        {"s": [], "t": ["s"]},
        {"s": np.array([0.7, 0.3]), "t": np.array([[0.9, 0.1], [0.2, 0.8]])},
    )
    found = network.posteriors({"s": column}, of=["t"])
    assert found["t"][:, 1].tolist() == pytest.approx([0.8, 0.1, 0.7 * 0.1 + 0.3 * 0.8], abs=1e-12)


def test_nothing_beside_lists_and_likelihoods(asia: eg.Network) -> None:
    weights = eg.likelihood(no=1, yes=3)
    cells = [weights, float("nan"), ["yes", None], {"no": 1.0, "yes": 3.0}, pd.NA, "yes", []]
    for column in (cells, pd.Series(cells, dtype=object), pd.DataFrame({"smoking": cells})):
        table = column if isinstance(column, pd.DataFrame) else {"smoking": column}
        p = asia.posteriors(table)["smoking"][:, 1]
        assert p.tolist() == pytest.approx([0.75, 0.5, 1.0, 0.75, 0.5, 1.0, 0.5], abs=1e-12)


def test_columns_of_lists_in_arrow_and_polars(asia: eg.Network) -> None:
    cells = [["yes"], None, []]
    for column in (pa.array(cells, pa.list_(pa.string())), pl.Series(cells)):
        p = asia.posteriors({"smoking": column})["smoking"][:, 1]
        assert p.tolist() == pytest.approx([1.0, 0.5, 0.5], abs=1e-12)
    objects = pl.DataFrame({"smoking": pl.Series([eg.not_("no"), None], dtype=pl.Object)})
    assert asia.posteriors(objects)["smoking"][:, 1].tolist() == pytest.approx([1.0, 0.5])


def test_repeated_rows_are_worked_out_once(asia: eg.Network, monkeypatch: Any) -> None:
    from etiograph.query import table as tables

    asked: list[int] = []

    def counted(model: Any, rows: Any, **options: Any) -> Any:
        asked.append(len(rows))
        return propagate(model, rows, **options)

    propagate = tables.propagate
    monkeypatch.setattr(tables, "propagate", counted)
    frame = pd.DataFrame({"smoking": ["yes", "no", None, ""] * 50, "x_ray": ["normal"] * 200})
    found = asia.posteriors(frame)
    assert asked == [3]
    assert equal(found.marginals[:4], found.marginals[196:])


# -- units ------------------------------------------------------------------------------------------


def test_units_of_a_column(cramps: eg.Network, tmp_path: Path) -> None:
    factor = cramps.mechanisms["serum_magnesium"].units["mg/dL"]
    of = ["magnesium_depletion"]
    want = cramps.posteriors({"serum_magnesium": [eg.measured(1.6, "mg/dL"), None, "low"]}, of=of)
    units = {"serum_magnesium": "mg/dL"}
    one = [1.6, None, "low"]
    for table, options in (
        ({"serum_magnesium": one}, {"units": units}),
        ({"serum_magnesium": ["1.6", "", "low"]}, {"units": units}),
        ({"serum_magnesium [mg/dL]": one}, {}),
        ({"serum_magnesium[mg/dl]": one}, {}),
        ({"serum_magnesium": ["1.6 mg/dL", None, "low"]}, {}),
        ({"serum_magnesium": ["1.6 mg/dL", None, "low"]}, {"units": {"serum_magnesium": "mmol/L"}}),
        ({"serum_magnesium": [1.6 * factor, None, "low"]}, {}),
        ({"serum_magnesium": [eg.measured(1.6 * factor), None, "low"]}, {}),
    ):
        found = cramps.posteriors(table, of=of, **options)
        assert np.allclose(found[of[0]], want[of[0]], rtol=0, atol=1e-12)
        path = tmp_path / "t.csv"
        if not any(isinstance(c, eg.measured(1.0).__class__) for c in next(iter(table.values()))):
            pd.DataFrame(table).to_csv(path, index=False)
            assert np.allclose(
                cramps.posteriors(path, of=of, **options)[of[0]], want[of[0]], rtol=0, atol=1e-12
            )


def test_a_measured_value_shows_the_state_it_falls_in(cramps: eg.Network) -> None:
    found = cramps.posteriors({"serum_magnesium": [0.5, None, 0.9]})["serum_magnesium"]
    states = cramps.variables["serum_magnesium"].states
    assert dict(zip(states, found[0], strict=True))["low"] == 1.0
    assert found[1].min() > 0
    assert found[2].max() == 1.0


def test_a_laboratory_s_column_is_read_as_each_of_its_values(cramps: eg.Network) -> None:
    """Values are worked out together, beside states and limits; each as it would be alone."""
    cells = {
        "serum_magnesium": ["0.5", "1.2 mg/dL", "low", "<0.4", "", "0,9 mmol/l", "0.5 mmol/L"],
        "tsh": ["4.5", ">90", "0.2 mIU/L", "high", "2.1", "", "99"],
    }
    read = read_cases(cramps, cells)
    rows = read.likelihoods()[read.where]
    shown = {name: column[read.where] for name, column in read.shown().items()}
    for k, row in enumerate(rows):
        alone = {
            name: finding_of(cramps, name, column[k], bare=True) for name, column in cells.items()
        }
        own, _, seen = encode(cramps, alone)
        np.testing.assert_allclose(row, own, rtol=1e-12)
        slots = {begin: slot - begin for slot, begin, _ in seen}
        for name in cells:
            begin = cramps.model.offsets[cramps.model.index[name]]
            assert shown[name][k] == slots.get(begin, -1)


@pytest.mark.parametrize(
    ("table", "options", "error", "said"),
    [
        (
            {"serum_magnesium": [0.6]},
            {"units": {"serum_magnesium": "mmol"}},
            eg.UnknownName,
            "mmol",
        ),
        ({"serum_magnesium [furlong]": []}, {}, eg.UnknownName, "furlong"),
        ({"age [a]": ["x"]}, {}, eg.InvalidFinding, "not a reading"),
        (
            {"serum_magnesium": []},
            {"units": {"serum_magnesum": "mg/dL"}},
            eg.UnknownName,
            "serum_m",
        ),
        (
            {"serum_magnesium [mg/dL]": []},
            {"units": {"serum_magnesium": "mmol/L"}},
            eg.InvalidFinding,
            "mmol/L",
        ),
        (
            {"serum_magnesium [mg/dL]": [1.6], "serum_magnesium": [0.6]},
            {},
            eg.InvalidFinding,
            "same variable",
        ),
        ({"serum_magnesium": [0.6, 62]}, {}, eg.InvalidFinding, "plausible"),
        ({"serum_magnesium": ["0.6 mmol/L", True]}, {}, eg.InvalidFinding, "True"),
    ],
)
def test_wrong_units(
    cramps: eg.Network, table: Any, options: Any, error: type[Exception], said: str
) -> None:
    with pytest.raises(error, match=said):
        cramps.posteriors(table, **options)


# -- codes, what is left out, what is passed over -----------------------------------------------------


def test_coded_cells(asia: eg.Network, tmp_path: Path) -> None:
    codes = {"smoking": {1: "yes", 2: "no", 9: None}}
    path = tmp_path / "t.csv"
    path.write_text("smoking\n1\n2\n9\n\nyes\n", encoding="utf-8")
    for table in ({"smoking": [1, 2.0, "9", None, "yes"]}, path):
        p = asia.posteriors(table, codes=codes)["smoking"][:, 1]
        assert p.tolist() == pytest.approx([1.0, 0.0, 0.5, 0.5, 1.0], abs=1e-12)
    with pytest.raises(eg.UnknownName, match="smokin"):
        asia.posteriors({"smoking": [1]}, codes={"smokin": {1: "yes"}})


def test_the_target_of_a_cohort_is_left_out(asia: eg.Network) -> None:
    cohort = asia.sample(50, np.random.default_rng(3))
    with pytest.warns(UserWarning, match="bronchitis.*leave_out"):
        itself = asia.posteriors(cohort, of=["bronchitis"])
    known = itself["bronchitis"]
    assert np.allclose(known, known.round(), rtol=0, atol=1e-12)
    blind = asia.posteriors(cohort, of=["bronchitis"], leave_out="bronchitis")
    want = asia.posteriors(cohort.drop(columns="bronchitis"))
    assert np.allclose(blind["bronchitis"], want["bronchitis"], rtol=0, atol=1e-12)
    assert list(blind) == ["bronchitis"]
    with pytest.raises(eg.UnknownName, match="did you mean 'bronchitis'"):
        asia.posteriors(cohort, leave_out=["bronchitus"])


def test_a_column_that_says_nothing_warns_of_nothing(asia: eg.Network) -> None:
    table = {"bronchitis": [None, ""], "smoking": ["yes", "no"]}
    assert asia.posteriors(table, of="bronchitis")["bronchitis"].shape == (2, 2)


def test_rows_passed_over_are_empty_and_listed(asia: eg.Network) -> None:
    table = {
        "smoking": ["yes", "maybe", "no", "yes", "maybe"],
        "x_ray": ["normal", "normal", "odd", "abnormal", "odd"],
    }
    found = asia.posteriors(table, on_error="skip")
    assert found.possible.tolist() == [True, False, False, True, False]
    assert np.isnan(found.log_evidence).tolist() == [False, True, True, False, True]
    assert [(f.row, f.column, f.cell) for f in found.faults] == [
        (2, "smoking", "maybe"),
        (3, "x_ray", "odd"),
        (5, "smoking", "maybe"),
        (5, "x_ray", "odd"),
    ]
    rest = asia.posteriors({n: [c[0], c[3]] for n, c in table.items()})
    assert equal(found.marginals[[0, 3]], rest.marginals)
    assert len(asia.posteriors({"smoking": ["maybe"]}, on_error="skip").faults) == 1
    with pytest.raises(eg.UnknownName, match="did you mean 'skip'"):
        asia.posteriors(table, on_error="skipp")


def test_the_first_wrong_cell_of_the_table_is_named(asia: eg.Network) -> None:
    frame = pd.DataFrame(
        {"smoking": ["yes", "yes", "maybe"], "x_ray": ["normal", "odd", "odd"]}, index=list("abc")
    )
    with pytest.raises(eg.UnknownName, match="state of 'x_ray'") as refused:
        asia.posteriors(frame)
    assert refused.value.__notes__ == [
        "in row 2 of the table (labelled 'b'), column 'x_ray'",
        "nor can be read 'maybe' in column 'smoking' (row 3)",
    ]


# -- worlds -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["do", "after"])
@pytest.mark.parametrize("of", [None, ["leg_cramps"], ["leg_cramps", "serum_magnesium"]])
def test_changes_are_those_of_the_cases(cramps: eg.Network, kind: str, of: Any) -> None:
    small = eg.load("leg_cramps_small")
    change = {"diuretic": small.variables["diuretic"].states[0]}
    rows = [
        {"leg_cramps": "present"},
        {"serum_magnesium": "0.62 mmol/L", "leg_cramps": "present"},
        {"serum_magnesium": "0.9 mmol/L"},
        {},
    ]
    rows = [{k: v for k, v in row.items() if k in small.variables} for row in rows]
    names = [n for n in of or small.variables if n in small.variables]
    found = (
        small.posteriors(rows, of=None if of is None else names, leave_out=(), **{kind: change})
        if kind == "after" or of is None
        else None
    )
    if found is None:
        rows = [{k: v for k, v in row.items() if k not in names} for row in rows]
        found = small.posteriors(rows, of=names, do=change)
    for i, row in enumerate(rows):
        post = getattr(small.case(row), kind)(change).posterior()
        for name in names:
            assert np.allclose(found[name][i], post.array(name), rtol=0, atol=1e-12)


def test_a_finding_against_a_change_is_refused_row_by_row(asia: eg.Network) -> None:
    table = {"smoking": ["no", None, "yes"]}
    with pytest.raises(eg.InvalidChange, match="had") as refused:
        asia.posteriors(table, do={"smoking": "no"})
    assert "row 3" in refused.value.__notes__[0]
    found = asia.posteriors(table, do={"smoking": "no"}, on_error="skip")
    assert np.isnan(found.log_evidence).tolist() == [False, False, True]
    with pytest.raises(eg.InvalidChange, match="both"):
        asia.posteriors(table, do={}, after={})


# -- what is no table ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("table", "said"),
    [
        (pd.DataFrame([["no", "no"]], columns=["smoking", "smoking"]), "1, 2 .* 'smoking'"),
        (pa.table([["no"], ["no"]], names=["smoking", "smoking"]), "1, 2 .* 'smoking'"),
        ({"smoking": "yes"}, "'smoking' is a str"),
        ({"smoking": {"no", "yes"}}, "'smoking' is a set"),
        ({"smoking": 1}, "'smoking' is an int"),
        ({"smoking": np.zeros((2, 2))}, "2 dimensions"),
        ({"smoking": ["yes"], "x_ray": []}, "different lengths: 'smoking' has 1, 'x_ray' has 0"),
        (pd.DataFrame({("a", "b"): [1]}), "one name"),
        (pd.Series({"smoking": "yes"}), "network.case"),
        (pl.DataFrame({"smoking": ["yes"]}).lazy(), "collect"),
        ([["yes"]], "list of dicts"),
        (3, "not an int"),
        (None, "table of cases is"),
    ],
    ids=lambda x: type(x).__name__,
)
def test_no_table(asia: eg.Network, table: Any, said: str) -> None:
    with pytest.raises(eg.InvalidFinding, match=said):
        asia.posteriors(table)


def test_a_column_that_is_no_variable(asia: eg.Network) -> None:
    with pytest.raises(eg.UnknownName, match="'smokng'; did you mean 'smoking'"):
        asia.posteriors({"smokng": ["yes"]})
    assert asia.posteriors({"id": [7], "smoking": ["yes"]}, keep=["id"]).possible.all()


def test_flags_are_checked_and_not_asked(cramps: eg.Network) -> None:
    flag = next(iter(cramps.flags.values()))
    told = cramps.posteriors({flag.name: [flag.states[-1], None]}, of=["leg_cramps"])
    assert equal(told.marginals[0], told.marginals[1])
    with pytest.raises(eg.UnknownName):
        cramps.posteriors({flag.name: ["no such state"]})


@pytest.mark.parametrize("cell", ["<0.65 mmol/L", ">0.9 mmol/L", "< 1,5 mg/dL", "0,62 mmol/l"])
@pytest.mark.parametrize("of", [None, ["serum_magnesium"], ["magnesium_depletion"]])
def test_values_as_laboratories_print_them(cramps: eg.Network, cell: str, of: Any) -> None:
    alone = cramps.case(serum_magnesium=cell).posterior()
    table = {"serum_magnesium": [cell, None, cell]}
    if of == ["serum_magnesium"]:
        with pytest.warns(UserWarning, match="serum_magnesium"):
            found = cramps.posteriors(table, of=of)
    else:
        found = cramps.posteriors(table, of=of)
    for name in of or cramps.variables:
        for row in (0, 2):
            assert np.allclose(found[name][row], alone.array(name), rtol=0, atol=1e-12)


def test_all_that_is_wrong_with_a_table_is_named_at_once() -> None:
    net = eg.load("sprinkler")
    rows = {"rain": ["yes", "Yes", "no", "Yes"], "cloudy": ["no", "no", "?", "perhaps"]}
    with pytest.raises(eg.UnknownName, match="no state of 'rain' is called 'Yes'") as told:
        net.posteriors(rows)
    assert told.value.__notes__ == [
        "in row 2 of the table, column 'rain'",
        "nor can be read '?' in column 'cloudy' (row 3), 'perhaps' in column 'cloudy' (row 4)",
        "if '?' means unknown: missing=['?'] (--missing ?)",
    ]
    with pytest.raises(eg.UnknownName, match="no variable is called 'id'") as told:
        net.posteriors({"id": [1], "rain": ["yes"], "ward": ["A"], "date": ["today"]})
    assert told.value.__notes__[1] == "nor are 'ward', 'date'"


def test_a_name_that_no_file_can_have_is_refused_in_words() -> None:
    network = eg.load("sprinkler")
    for table in ("a" * 5000, "x\0"):
        with pytest.raises(eg.UnreadableFile):
            eg.validate(network, table, "rain")


def test_a_folder_of_parquet_files_is_one_table(tmp_path) -> None:
    """In the order of their names, columns in any order, each of the type that holds all."""
    net = eg.load("sprinkler")
    table = net.sample(30, 1, missing=0.2)
    (tmp_path / "_metadata.parquet").write_bytes(b"no table")
    table[20:].assign(number=0.5).to_parquet(tmp_path / "b.parquet", index=False)
    table[:20][table.columns[::-1]].assign(number=1).to_parquet(tmp_path / "a.parquet", index=False)
    table[:0].assign(number=1).to_parquet(tmp_path / "c.parquet", index=False)
    found = net.posteriors(tmp_path, keep=["number"])
    assert (found["rain"] == net.posteriors(table)["rain"]).all()
    assert [b.before for b in blocks_of(tmp_path, block=15)] == [0, 15, 20]
    # Row labels that pandas writes beside them are no column.
    labelled = table[20:].set_axis(list(range(20, 30)))
    labelled.assign(number=0.5).to_parquet(tmp_path / "b.parquet")
    assert pq.read_schema(tmp_path / "b.parquet").names[-1] == "__index_level_0__"
    assert net.posteriors(tmp_path, keep=["number"])["rain"].tolist() == found["rain"].tolist()
    assert (net.posteriors(pa.Table.from_pandas(labelled))["rain"] == found["rain"][20:]).all()
    wrong = table[20:].astype(object)
    wrong.loc[25, "rain"] = "maybe"
    wrong.assign(number="one").to_parquet(tmp_path / "b.parquet", index=False)
    with pytest.raises(eg.UnreadableFile, match="of one type in one file and of another"):
        net.posteriors(tmp_path, keep=["number"])
    wrong.assign(number=2).to_parquet(tmp_path / "b.parquet", index=False)
    with pytest.raises(eg.UnknownName, match="'maybe'") as told:
        net.posteriors(tmp_path, keep=["number"])
    assert told.value.__notes__ == [f"in row 26 of {tmp_path.name}, column 'rain'"]
    wrong.to_parquet(tmp_path / "b.parquet", index=False)
    with pytest.raises(eg.UnreadableFile, match=r"its columns are not those of a\.parquet"):
        net.posteriors(tmp_path, keep=["number"])
    for each in tmp_path.glob("?.parquet"):
        each.unlink()
    with pytest.raises(eg.UnreadableFile, match=r"this is a folder, without a \.parquet file"):
        net.posteriors(tmp_path)


@pytest.mark.parametrize("mark", ["NaN", "NA", "n/a", ".", "-999", "99"])
def test_what_often_means_unknown_is_told_how_to_say_so(mark: str) -> None:
    net = eg.load("sprinkler")
    table = {"rain": ["no", "maybe", mark], "wet_grass": ["yes", "no", "yes"]}
    with pytest.raises(eg.UnknownName) as told:
        net.posteriors(table)
    assert (
        told.value.__notes__[-1]
        == f"if {mark!r} means unknown: missing=[{mark!r}] (--missing {mark})"
    )
    net.posteriors({**table, "rain": ["no", "yes", mark]}, missing=[mark])
    with pytest.raises(eg.UnknownName) as told:
        net.posteriors({"rain": ["no", "maybe"]})
    assert not any("means unknown" in note for note in told.value.__notes__)


def test_a_column_without_a_name_is_told_how_to_be_left_out(tmp_path) -> None:
    """Numbers of rows, as pandas and R write them."""
    net = eg.load("sprinkler")
    table = net.sample(20, 1)
    table.to_csv(tmp_path / "numbered.csv")
    with pytest.raises(eg.InvalidFinding, match="without a name") as told:
        net.posteriors(tmp_path / "numbered.csv")
    assert any('--keep ""' in note for note in told.value.__notes__)
    found = net.posteriors(tmp_path / "numbered.csv", keep=[""])
    assert (found["rain"] == net.posteriors(table)["rain"]).all()
