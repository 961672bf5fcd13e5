"""F3: whatever is read, a reader answers with a network or an error that says where."""

from __future__ import annotations

import os
import random
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from etiograph.errors import EtiographError
from etiograph.formats import reads
from etiograph.formats.bif import dumps_bif, loads_bif
from etiograph.formats.native import dumps_native, loads_native
from etiograph.formats.text import decode
from etiograph.network.network import Network

SIZE = int(
    os.environ.get("ETIOGRAPH_FUZZ", "1000000" if os.environ.get("ETIOGRAPH_LONG") else "5000")
)
SEED = int(os.environ.get("ETIOGRAPH_SEED", "20260"))

WORDS = {
    "bif": [
        *("network", "variable", "probability", "type", "discrete", "table", "default", "property"),
        *("{", "}", "(", ")", "[", "]", "|", ",", ";", '"', "//", "/*", "*/", "\n", " ", "a", "b", "2"),
        *("0.5", "1", "-1", "nan", "1e400", "99999999999", "\x00", "é", "_x20_", "_xFFFFFF_"),
    ],
    "native": [
        *("format = 1\n", "[variables.a]\n", "[[variables.a.mechanism.rows]]\n", "states = ", "=", ".", "a"),
        *('["no", "yes"]', "mechanism", "kind", '"table"', '"noisy_or"', "parents", "rows", "links", "p"),
        *("{", "}", "[", "]", ",", '"', "'", '"""', "#", "\n", " ", "0.5", "1", "-1", "nan", "inf", "1e400"),
        *("true", "[about]\n", "[[rules]]\n", "[flags.x]\n", "\x00", "é", "1979-05-27", "when", "leak"),
    ],
}  # fmt: skip


def small_network() -> Network:
    text = (
        'format = 1\n[variables.a]\nstates = ["no", "yes"]\nmechanism = {kind = "table", '
        'rows = [{p = {yes = 0.3}}]}\n[variables."b c"]\nstates = ["x", "y", "z"]\n'
        'mechanism = {kind = "table", parents = ["a"], rows = [{when = {a = "no"}, p = {y = 0.5, z = '
        "{value = 0.2, low = 0.1, high = 0.3}}}, {p = {y = 0.1, z = 0.1}}]}\n[variables.d]\n"
        'states = ["no", "yes"]\nmechanism.kind = "noisy_or"\nmechanism.leak = 0.1\n'
        'mechanism.links = [{parent = "a", strength = {yes = 0.5}}]\n'
        '[[rules]]\nid = "r"\nlevel = "see"\nmessage = "m"\nwhen = {a = "yes"}\n'
    )
    return loads_native(text)


def mutations(text: str, words: list[str], rng: random.Random) -> Iterator[str]:
    """Texts a few cuts, doublings, swaps and words away from a good one."""
    while True:
        result = text
        for _ in range(rng.randint(1, 4)):
            i, j = sorted(rng.randrange(len(result) + 1) for _ in range(2))
            j = min(j, i + rng.choice((1, 5, 40)))
            piece = rng.choice(("", rng.choice(words), result[i:j] * 2, result[j : j + 9]))
            result = result[:i] + piece + result[j:]
        yield result


def sentences(words: list[str], rng: random.Random) -> Iterator[str]:
    """Words of the format in any order."""
    while True:
        yield "".join(rng.choices(words, k=rng.randint(1, 60)))


def check(read: Callable[[str], Network], text: str) -> None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            network = read(text)
    except EtiographError as error:
        assert str(error)  # noqa: PT017 - the error is the answer
    else:
        assert network.variables


@pytest.mark.parametrize("kind", ["bif", "native"])
@pytest.mark.parametrize("source", ["mutation", "grammar"])
def test_typed_errors_only(kind: str, source: str) -> None:
    rng = random.Random(SEED)
    read, dumps = {"bif": (loads_bif, dumps_bif), "native": (loads_native, dumps_native)}[kind]
    if source == "mutation":
        texts = mutations(dumps(small_network()), WORDS[kind], rng)
    else:
        texts = sentences(WORDS[kind], rng)
    for i in range(SIZE):
        text = next(texts)
        try:
            check(read, text)
        except Exception as error:
            raise AssertionError(f"seed {SEED}, text {i}: {error!r} for {text!r}") from error


def test_any_bytes() -> None:
    rng = random.Random(SEED)
    for _ in range(SIZE):
        data = rng.randbytes(rng.randint(0, 60))
        prefix = rng.choice(
            (b"", b"\x1f\x8b", b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03", b"\xef\xbb\xbf")
        )
        check(lambda text: reads(text, "x"), "") if not data else None
        try:
            text = decode(prefix + data, "x")
        except EtiographError:
            continue
        check(reads, text)


def test_five_megabytes_of_garbage(tmp_path: Path) -> None:
    rng = random.Random(SEED)
    for words in WORDS.values():
        unit = "".join(rng.choices([w for w in words if w != "\x00"], k=2000))
        text = unit * (5_000_000 // len(unit))
        with pytest.raises(EtiographError):
            reads(text)
