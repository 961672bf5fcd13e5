"""A vector of ``LANES`` doubles as one value inside a kernel.

LLVM keeps such a value in registers; a plain inner loop over rows loads and stores it anew for every
table entry (three times slower on whole networks). Arrays of lanes are float64 arrays
``(n, LANES)``; ``load(a, i)`` reads row i, ``store(a, i, v)`` writes it, the rest is arithmetic lane
by lane. Used by ``kernels.py`` alone.
"""

# mypy: disable-error-code="no-untyped-def,no-any-return,untyped-decorator,no-untyped-call"
from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic, models, register_model

LANES = 32
_VECTOR = ir.VectorType(ir.DoubleType(), LANES)


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
def splat(typing, x):
    """The same number in every lane."""

    def build(context, builder, signature, args):
        return _splat(builder, args[0])

    return lanes_type(types.float64), build


def _binary(name: str, operation: str):
    @intrinsic
    def apply(typing, a, b):
        def build(context, builder, signature, args):
            return getattr(builder, operation)(*args)

        return lanes_type(lanes_type, lanes_type), build

    apply.__name__ = name  # type: ignore[attr-defined]
    return apply


add = _binary("add", "fadd")
mul = _binary("mul", "fmul")


@intrinsic
def scale(typing, v, x):
    """Every lane times a number."""

    def build(context, builder, signature, args):
        return builder.fmul(args[0], _splat(builder, args[1]))

    return lanes_type(lanes_type, types.float64), build


@intrinsic
def larger(typing, a, b):
    """Lane by lane the larger."""

    def build(context, builder, signature, args):
        return builder.select(builder.fcmp_ordered(">", *args), *args)

    return lanes_type(lanes_type, lanes_type), build


@intrinsic
def smaller_positive(typing, a, b):
    """Lane by lane the smaller of a and b, where b counts only if it is above 0."""

    def build(context, builder, signature, args):
        a, b = args
        zero = ir.Constant(_VECTOR, [0.0] * LANES)
        better = builder.and_(builder.fcmp_ordered(">", b, zero), builder.fcmp_ordered("<", b, a))
        return builder.select(better, b, a)

    return lanes_type(lanes_type, lanes_type), build
