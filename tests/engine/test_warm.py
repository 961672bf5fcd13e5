"""The warm-up leaves kernels that other questions then use."""

from __future__ import annotations

import os
import time
from pathlib import Path

from etiograph.engine import (
    careful,
    kernels,
    kernels_block,
    kernels_counts,
    kernels_rows,
    kernels_twice,
    warm,
)  # fmt: skip
from etiograph.engine.lanes import forget_stale
from etiograph.engine.warm import warm_up


def test_warm_up_compiles_one_version_of_each_kernel():
    warm_up()
    alone = (kernels_counts.count_block, kernels_rows.run_rows)
    for kernel in (
        careful.careful_one,
        kernels.one,
        kernels.bound_one,
        kernels.entry_slopes,
        kernels_twice.twice_one,
        *alone,
    ):
        assert kernel.signatures
    # One for numbers that all rows share, one for numbers by row.
    assert len(kernels_block.block.signatures) == 2


def test_kernels_older_than_what_they_were_compiled_from_are_removed(tmp_path):
    compiled = tmp_path / "__pycache__"
    compiled.mkdir()
    now = time.time()
    ages = {"kernels.py": 500, "program.py": 300, "costs.py": -900, "dense.py": 10}
    ages |= {
        "__pycache__/kernels.one-1.py311.nbi": 400,
        "__pycache__/kernels.one-1.py311.1.nbc": 400,
    }
    ages |= {
        "__pycache__/kernels_rows.cut-1.py311.nbi": 200,
        "__pycache__/kernels.cpython-311.pyc": 400,
    }
    for name, age in ages.items():
        (tmp_path / name).touch()
        os.utime(tmp_path / name, (now - age, now - age))
    forget_stale(tmp_path)
    left = {file.name for file in compiled.iterdir()}
    assert left == {"kernels_rows.cut-1.py311.nbi", "kernels.cpython-311.pyc"}


def test_kernels_older_than_their_source_are_not_warm(monkeypatch, tmp_path):
    class Kernel:
        stats = type("Stats", (), {"cache_path": str(tmp_path)})

    monkeypatch.setattr(kernels, "one", Kernel)
    assert not warm.is_warm()
    source = Path(kernels.__file__).stat().st_mtime
    names = [p.stem for p in warm.sources()]
    assert {"kernels", "kernels_rows", "careful"} <= set(names)
    assert "warm" not in names
    for name in names:
        (tmp_path / f"{name}.some-1.py311.nbi").touch()
    assert warm.is_warm()
    os.utime(tmp_path / "kernels.some-1.py311.nbi", (source - 9, source - 9))
    assert not warm.is_warm()
