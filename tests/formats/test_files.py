from __future__ import annotations

import gzip
import zlib
from pathlib import Path

import pytest

from etiograph import formats
from etiograph.errors import UnknownName, UnreadableFile
from etiograph.formats.text import decode, read_text
from etiograph.network.network import Network


def network() -> Network:
    return Network.from_tables({"a b": ("x", "y")}, {}, {"a b": [0.25, 0.75]})


@pytest.mark.parametrize("name", ["n.toml", "n.bif", "N.BIF"])
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
    with pytest.raises(UnknownName, match=r"did you mean '\.bif'"):
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
