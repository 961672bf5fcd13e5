"""Compiles the kernels once, at installation, so that nobody waits for them later."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from etiograph.engine import kernels
from etiograph.engine.derivatives import derivatives
from etiograph.engine.grouping import what_rows_say
from etiograph.engine.kernels_twice import twice_one
from etiograph.engine.maximum import most_probable_states
from etiograph.engine.plans import program_for
from etiograph.engine.propagate import propagate, propagate_one
from etiograph.engine.row_programs import sweep_rows
from etiograph.network.model import Conditional, Model


def sources() -> list[Path]:
    """The files that hold kernels."""
    files = Path(__file__).parent.glob("*.py")
    return [path for path in files if "\n@njit(" in path.read_text("utf-8")]


def is_warm() -> bool:
    """Whether all kernels were compiled before, as they now are: the first question finds them on disk."""
    kernel: Any = kernels.one
    made = Path(kernel.stats.cache_path or "")
    return all(
        any(
            index.stat().st_mtime >= path.stat().st_mtime
            for index in made.glob(f"{path.stem}.*.nbi")
        )
        for path in sources()
    )


def warm_up() -> None:
    """Answer a trivial question with every kernel; numba keeps the result on disk."""
    tables = np.array([0.5, 0.5])
    model = Model(("x",), (2,), (Conditional(0, (), 0),), 1, tables, tables > 0)
    row = np.ones(2)
    propagate_one(model, row)
    propagate(model, np.array([1.0, 0.0]), np.array([1e-305, 1.0]))  # in extended range
    # No two rows alike: equal ones are answered once. So many that one program serves them all.
    rows = np.linspace(0.1, 1.0, 1024).reshape(512, 2)
    propagate(model, rows)
    propagate(model, row, np.array([[0.5, 0.5], [0.4, 0.6]]))
    propagate(model, rows, counts=True)
    what_rows_say(model, rows)
    propagate(model, np.array([0.5, 1.0]), wanted=(), once=True)
    sweep_rows(model, row[None], tables, index=np.arange(2))
    derivatives(model, row)
    program = program_for(model)
    assert program is not None
    twice_one(
        program.layout, program.nodes, program.inputs, program.segments, program.cells,
        program.coefficient, tables, tables, False, program.free, program.fixed_slots, row,
        np.empty(program.n_buffer), row.copy(), np.empty(0),
    )  # fmt: skip
    most_probable_states(model, row, [0])
