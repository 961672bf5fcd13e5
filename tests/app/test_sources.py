"""Numbers and warning signs lead to their sources."""

from __future__ import annotations

import pytest
from tests.app.reading import turn

import etiograph as eg
from explorer import charts, sources, texts

pytestmark = pytest.mark.filterwarnings("ignore")  # Streamlit's own, under test


@pytest.mark.parametrize(
    ("number", "read", "address"),
    [
        (
            "10.1186/s12875-016-0509-9",
            "https://a.example",
            "https://doi.org/10.1186/s12875-016-0509-9",
        ),
        ("17397438", "", "https://pubmed.ncbi.nlm.nih.gov/17397438/"),
        ("Bonn Vein Study", "https://a.example/b", "https://a.example/b"),
        ("", "javascript:alert(1)", ""),
        ("", "", ""),
    ],
)
def test_where_a_source_can_be_read(number, read, address):
    assert sources.address({"doi_or_pmid": number, "url_read": read}) == address


def test_a_warning_sign_says_what_set_it_off_and_links_its_sources():
    flag = charts.Flag("urgent", "Have it seen.", "E1, a <book>", ("leg swelling: one leg",))
    shown = charts.flags([flag], {"E1": "https://doi.org/10.1/x"})
    assert "Because of: leg swelling: one leg." in shown
    assert (
        '<a href="https://doi.org/10.1/x" target="_blank" rel="noopener noreferrer">E1</a>' in shown
    )
    assert "a &lt;book&gt;" in shown


def test_the_number_shown_first_on_priors_names_its_sources(open_app):
    app = turn(
        open_app("leg_cramps", "leg_cramps~0~leg_cramps.present~diuretic.thiazide"), "priors"
    )
    name = app.session_state["prior"]
    assert name.startswith("leg_cramps.")
    listed = next(h.value for h in app.html if "eg-sources" in h.value)
    cited = eg.load("leg_cramps").parameters[name].evidence
    assert cited
    assert all(each in listed for each in cited)
    # That one's source has no address; this one's has.
    app.get_by_key("prior-search").set_value("leg_cramps.leak.under_50.female").run()
    other = next(h.value for h in app.html if "eg-sources" in h.value)
    assert "https://doi.org/" in other
    assert texts.GRADES["B"] in listed or texts.GRADES["C"] in listed or texts.GRADES["D"] in listed


def test_about_lists_every_source_once(open_app):
    app = turn(open_app("leg_cramps"), "about")
    net = eg.load("leg_cramps")
    named = {name for number in net.parameters.values() for name in number.evidence}
    (frame,) = [frame.value for frame in app.dataframe]
    assert named <= set(frame["Id"])
    assert frame["Id"].is_unique
    assert frame["Link"].dropna().str.startswith("http").all()
    number = frame.set_index("Id").loc["E022"]
    assert (number["Author"], number["Found"]) == ("Lynch PG", "77 %")
    assert [w.proto.title for w in app.warning] == [texts.FACT_VALIDATED]
    assert "not tested on patients" in app.warning[0].value.lower()


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (("0.77", "", "", "proportion"), "77 %"),
        (("0.46", "0.38", "0.53", "proportion"), "46 % (38 % to 53 %)"),
        (("0.36", "0.22", "0.50", "risk difference"), "0.36 (0.22 to 0.5) risk difference"),
        (("", "", "", "none"), ""),
        (("fell", "", "", ""), "fell"),
    ],
)
def test_what_a_source_found(row, said):
    assert texts.figure(*row) == said
