"""A vector of ``LANES`` doubles as one value inside a kernel.

LLVM keeps such a value in registers; a plain inner loop over rows loads and stores it anew for every
table entry (three times slower on whole networks). Arrays of lanes are float64 arrays
``(n, LANES)``; ``load(a, i)`` reads row i, ``store(a, i, v)`` writes it, the rest is arithmetic lane
by lane; but for ``item`` and ``add_to``, which spare plain arrays the test of every index for being
negative, ``fused``, of plain numbers, and ``ones`` and ``lowest``, of the bits of a word. Used by the kernels alone.
"""

# mypy: disable-error-code="no-untyped-def,no-any-return,untyped-decorator,no-untyped-call"
from __future__ import annotations

import sys
import time
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.core.compiler_lock import global_compiler_lock
from numba.extending import intrinsic, models, register_model

from etiograph.engine.program import LANES
from etiograph.threads import held_across_forks


def _without_linear_algebra() -> None:
    """Load numba's array functions without scipy.linalg, a third of a second that no kernel here needs.

    numba loads it at the first call of any kernel to see whether it is there, and again where a
    kernel multiplies matrices. Here it is only looked for.
    """
    if "numba.np.arraymath" in sys.modules or find_spec("scipy") is None:
        return
    from numba.np import linalg

    load = linalg.ensure_blas
    linalg.ensure_blas = lambda: None
    try:
        from numba.np import arraymath
    finally:
        linalg.ensure_blas = load
    vars(arraymath)["ensure_blas"] = load


COMPILED_FROM = (
    "kernels*.py", "careful.py", "costs.py", "lanes.py", "layout.py", "precision.py", "program.py",
)  # fmt: skip
"""Files whose text, or whose numbers, are in compiled kernels."""


def forget_stale(folder: Path) -> None:
    """Remove compiled kernels that are older than a file they may have been compiled from.

    numba looks at the file of a kernel alone, not at what that calls or at the constants it takes from
    others: after a change of those it would run the old one, on arrays of another layout.
    """
    now = time.time()
    made = [file.stat().st_mtime for pattern in COMPILED_FROM for file in folder.glob(pattern)]
    newest = max((at for at in made if at <= now), default=0.0)  # a clock may have been set back
    for compiled in (folder / "__pycache__").glob("*.nb[ic]"):
        with suppress(OSError):  # gone by another process, or not ours to remove
            if compiled.stat().st_mtime < newest:
                compiled.unlink()


forget_stale(Path(__file__).parent)
_without_linear_algebra()
# A kernel may be compiled, or read from the cache, in another thread at the moment of a fork.
held_across_forks(global_compiler_lock)

_VECTOR = ir.VectorType(ir.DoubleType(), LANES)
_ZERO = ir.Constant(_VECTOR, [0.0] * LANES)


class LanesType(types.Type):
    """Type of ``LANES`` doubles, one a row."""

    def __init__(self) -> None:
        super().__init__(name=f"Lanes{LANES}")


lanes_type = LanesType()


@register_model(LanesType)
class _LanesModel(models.PrimitiveModel):
    def __init__(self, dmm: Any, fe_type: Any) -> None:
        super().__init__(dmm, fe_type, _VECTOR)


def _row(context, builder, signature, array, i):
    """Pointer to row ``i`` of an array of lanes."""
    data = cgutils.create_struct_proxy(signature.args[0])(context, builder, value=array).data
    index = builder.mul(context.cast(builder, i, signature.args[1], types.intp),
                        context.get_constant(types.intp, LANES))  # fmt: skip
    pointer = builder.gep(data, [index])
    return builder.bitcast(pointer, _VECTOR.as_pointer())


def _splat(builder, x):
    undefined = ir.Constant(_VECTOR, ir.Undefined)
    single = builder.insert_element(undefined, x, ir.Constant(ir.IntType(32), 0))
    mask = ir.Constant(ir.VectorType(ir.IntType(32), LANES), [0] * LANES)
    return builder.shuffle_vector(single, undefined, mask)


def _larger(builder, a, b):
    return builder.select(builder.fcmp_ordered(">", a, b), a, b)


@intrinsic
def load(typing, array, i):
    """Row ``i``."""

    def build(context, builder, signature, args):
        return builder.load(_row(context, builder, signature, *args), align=8)

    return lanes_type(array, i), build


@intrinsic
def store(typing, array, i, v):
    """Write row ``i``."""

    def build(context, builder, signature, args):
        builder.store(args[2], _row(context, builder, signature, *args[:2]), align=8)
        return context.get_dummy_value()

    return types.void(array, i, v), build


@intrinsic
def item(typing, array, i):
    """Element ``i`` of a plain array, never counted from the end (which would cost a test each)."""

    def build(context, builder, signature, args):
        data = cgutils.create_struct_proxy(signature.args[0])(context, builder, value=args[0]).data
        index = context.cast(builder, args[1], signature.args[1], types.intp)
        return builder.load(builder.gep(data, [index]))

    return array.dtype(array, i), build


@intrinsic
def add_to(typing, array, i, x):
    """Add to element ``i`` of a plain array, likewise."""

    def build(context, builder, signature, args):
        data = cgutils.create_struct_proxy(signature.args[0])(context, builder, value=args[0]).data
        index = context.cast(builder, args[1], signature.args[1], types.intp)
        place = builder.gep(data, [index])
        builder.store(builder.fadd(builder.load(place), args[2]), place)
        return context.get_dummy_value()

    return types.void(array, i, types.float64), build


@intrinsic
def splat(typing, x):
    """The same number in every lane."""

    def build(context, builder, signature, args):
        return _splat(builder, args[0])

    return lanes_type(types.float64), build


def _binary(name: str, combine: Any):
    @intrinsic
    def apply(typing, a, b):
        def build(context, builder, signature, args):
            return combine(builder, *args)

        return lanes_type(lanes_type, lanes_type), build

    apply.__name__ = name  # type: ignore[attr-defined]
    return apply


add = _binary("add", lambda builder, a, b: builder.fadd(a, b))
mul = _binary("mul", lambda builder, a, b: builder.fmul(a, b))
larger = _binary("larger", _larger)


@intrinsic
def scale(typing, v, x):
    """Every lane times a number."""

    def build(context, builder, signature, args):
        return builder.fmul(args[0], _splat(builder, args[1]))

    return lanes_type(lanes_type, types.float64), build


@intrinsic
def add_product(typing, total, a, b):
    """total + a b, rounded once."""

    def build(context, builder, signature, args):
        kind = ir.FunctionType(_VECTOR, [_VECTOR] * 3)
        name = f"llvm.fma.v{LANES}f64"
        fused = cgutils.get_or_insert_function(builder.module, kind, name)
        return builder.call(fused, [args[1], args[2], args[0]])

    return lanes_type(lanes_type, lanes_type, lanes_type), build


@intrinsic
def fused(typing, a, b, c):
    """a b + c of plain numbers, rounded once."""

    def build(context, builder, signature, args):
        return builder.fma(*args)

    return types.float64(types.float64, types.float64, types.float64), build


@intrinsic
def size(typing, v):
    """Lane by lane the number without its sign."""

    def build(context, builder, signature, args):
        return _larger(builder, args[0], builder.fneg(args[0]))

    return lanes_type(lanes_type), build


@intrinsic
def lane_sum(typing, v):
    """Sum over the lanes, in pairs."""

    def build(context, builder, signature, args):
        kind = ir.FunctionType(ir.DoubleType(), [ir.DoubleType(), _VECTOR])
        name = f"llvm.vector.reduce.fadd.v{LANES}f64"
        reduce = cgutils.get_or_insert_function(builder.module, kind, name)
        zero = ir.Constant(ir.DoubleType(), 0.0)
        return builder.call(reduce, [zero, args[0]], fastmath=("reassoc",))

    return types.float64(lanes_type), build


@intrinsic
def reciprocal(typing, v):
    """1 / v where v is above 0, else 0."""

    def build(context, builder, signature, args):
        ones = ir.Constant(_VECTOR, [1.0] * LANES)
        positive = builder.fcmp_ordered(">", args[0], _ZERO)
        return builder.select(positive, builder.fdiv(ones, args[0]), _ZERO)

    return lanes_type(lanes_type), build


@intrinsic
def smaller_positive(typing, a, b):
    """Lane by lane the smaller of a and b, where b counts only if it is above 0."""

    def build(context, builder, signature, args):
        a, b = args
        smaller = builder.select(builder.fcmp_ordered("<", b, a), b, a)
        return builder.select(builder.fcmp_ordered(">", b, _ZERO), smaller, a)

    return lanes_type(lanes_type, lanes_type), build


@intrinsic
def any_less(typing, a, b):
    """Whether a is below b in any lane."""

    def build(context, builder, signature, args):
        below = builder.bitcast(builder.fcmp_ordered("<", *args), ir.IntType(LANES))
        return builder.icmp_unsigned("!=", below, ir.Constant(ir.IntType(LANES), 0))

    return types.boolean(lanes_type, lanes_type), build


@intrinsic
def ones(typing, x):
    """How many bits of a word are set."""

    def build(context, builder, signature, args):
        return builder.ctpop(args[0])

    return types.int64(types.uint64), build


@intrinsic
def lowest(typing, x):
    """Position of the lowest bit of a word that is not 0."""

    def build(context, builder, signature, args):
        return builder.cttz(args[0], ir.Constant(ir.IntType(1), 1))

    return types.int64(types.uint64), build
