from __future__ import annotations

import gzip
import zlib
from pathlib import Path

import numpy as np
import pytest

from etiograph import formats
from etiograph.errors import UnknownName, UnreadableFile
from etiograph.formats.registry import sniffed
from etiograph.formats.text import decode, read_text
from etiograph.network.network import Network


def network() -> Network:
    return Network.from_tables({"a b": ("x", "y")}, {}, {"a b": [0.25, 0.75]})


@pytest.mark.parametrize("name", ["n.toml", "n.bif", "N.BIF", "n.bif.gz", "n.TOML.gz"])
def test_write_and_read(name: str, tmp_path: Path) -> None:
    formats.write(network(), tmp_path / name)
    assert formats.read(tmp_path / name) == network()


def test_the_content_tells_the_format(tmp_path: Path) -> None:
    for good, misnamed in (("n.toml", "m.bif"), ("n.bif", "m.toml"), ("n.bif", "m")):
        formats.write(network(), tmp_path / good)
        text = (tmp_path / good).read_text(encoding="utf-8")
        comment = "// a comment\n/* and * another */ " if good == "n.bif" else "# a comment\n"
        (tmp_path / misnamed).write_text(comment + text, encoding="utf-8")
        assert formats.read(tmp_path / misnamed) == network()


def test_another_extension_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnknownName, match=r"'\.biff'; written are: .* \.bif,"):
        formats.write(network(), tmp_path / "n.biff")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("data", "match", "line"),
    [
        (b"", "empty", 1),
        (b" \n\t", "empty", 1),
        (b"a\nb\0c", "binary", 2),
        (b"a\n\nb\xff", "not UTF-8 text: byte 0xff", 3),
        (b"\x1f\x8b", "cut short|damaged", None),
        (gzip.compress(b"a = 1" * 99, mtime=0)[:-9], "cut short", None),
        (gzip.compress(b"a = 1", mtime=0)[:9] + b"\xff\xff\xff", "damaged", None),
        (gzip.compress(b"x" * 300_000, mtime=0), "more than", None),
        (gzip.compress(b"", mtime=0) * 101, "pieces", None),
    ],
)
def test_what_is_no_text(data: bytes, match: str, line: int | None, tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(data)
    with pytest.raises(UnreadableFile, match=match) as caught:
        read_text(tmp_path / "x")
    assert caught.value.line == line
    with pytest.raises(UnreadableFile):
        formats.read(tmp_path / "x")


def test_sizes_are_bounded(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"#" * 101)
    with pytest.raises(UnreadableFile, match="limit of 100 bytes"):
        read_text(tmp_path / "x", max_bytes=100)
    noise = bytes(i * i % 251 for i in range(40_000))
    with pytest.raises(UnreadableFile, match="more than 30,000 bytes"):
        decode(zlib.compress(noise, wbits=31), "x", max_bytes=30_000)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match=r"nothing\.toml: No such file"):
        formats.read(tmp_path / "nothing.toml")


def test_gzip_bom_and_windows_newlines() -> None:
    assert (
        decode(gzip.compress(b"a", mtime=0) + gzip.compress(b"b", mtime=0) + b"\0\0", "x") == "ab"
    )
    assert decode(b"\xef\xbb\xbfa\r\nb", "x") == "a\nb"


def test_a_compressed_file_is_never_taken_for_a_bomb(tmp_path: Path) -> None:
    names = [f"v{i}" for i in range(14)]
    even = Network.from_tables(
        dict.fromkeys(names, ("x", "y")),
        {names[-1]: names[:-1]},
        {v: np.full((2,) * (14 if v == names[-1] else 1), 0.5) for v in names},
    )
    formats.write(even, tmp_path / "even.bif.gz")
    assert formats.read(tmp_path / "even.bif.gz") == even


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("// ~->[DNET-1]->~\nbnet two {\n};", "Netica DNE"),
        ('belief network "two"\nnode d { }', "MSBN DSC"),
        ('{"nodes": ["d", "t"]}', "JSON"),
        ("% made by hand\nnet { }\nnode d { }", "Hugin NET"),
        ("class two\n{\n}", "Hugin NET"),
        ('<?xml version="1.0"?>\n<ProbModelXML formatVersion="0.2.0"/>', "PGMX"),
        ("BAYES\n2\n2 2\n", "UAI"),
        ('<?xml version="1.0"?><!-- a - b --><smile version="1.0" id="two"/>', "GeNIe XDSL"),
        ('<?xml version="1.0"?>\n<!DOCTYPE BIF [ <!ELEMENT BIF (NETWORK)*> ]>\n<BIF/>', "XMLBIF"),
        ("<BIF VERSION='0.3'/>", "XMLBIF"),
        ("<?xml version='1.0'?><ANALYSISNOTEBOOK/>", "MSBN XBN"),
        ("net two\n{\n HEADER = {} }", "GeNIe DSL"),
        ("format = 1\n", "model file (TOML)"),
        ("# about\n[about]\nname = 'x'\n", "model file (TOML)"),
        ("// about\nnetwork two {\n}\n", "BIF"),
        ("About a\nnetwork\n\nvariable a {\n", "BIF"),
    ],
)
def test_the_format_is_told_by_the_content(text: str, name: str) -> None:
    found = sniffed(text, "misnamed.toml")
    assert found.name == name
    if not found.reader:
        with pytest.raises(UnreadableFile, match=f"misnamed:1: .*format {name}, which is not"):
            formats.reads(text, "misnamed")


def test_what_is_of_no_format() -> None:
    with pytest.raises(UnreadableFile, match=r"x\.txt:1: of no format.*'Dear all'.*BIF, model"):
        formats.reads("Dear all", "x.txt")


@pytest.mark.parametrize(
    ("encoding", "codec"), [("ISO-8859-1", "latin-1"), ("windows-1252", "cp1252")]
)
def test_xml_in_the_encoding_it_names(encoding: str, codec: str) -> None:
    text = (
        f'<?xml version="1.0" encoding="{encoding}"?>\n<smile version="1.0" id="n"><nodes><cpt id="a">'
        '<state id="été"/><state id="non"/><probabilities>.25 .75</probabilities></cpt></nodes></smile>'
    )
    found = formats.reads(decode(text.encode(codec), "x"))
    assert found.variables["a"].states == ("été", "non")
    with pytest.raises(UnreadableFile, match="x:2: not UTF-8"):
        decode(text.replace(encoding, "UTF-8").encode(codec), "x")
