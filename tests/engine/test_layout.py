"""What a program's arrays promise the kernels."""

from __future__ import annotations

import numpy as np

from etiograph.engine.by_row import recipe_of
from etiograph.engine.plans import program_for
from etiograph.engine.propagate import propagate
from etiograph.engine.tree import shared_places
from etiograph.network.model import TableRows


def random_forest(rng, n):
    """Children of every node, children before parents."""
    children = [[] for _ in range(n)]
    for i in range(n - 1):
        if rng.random() < 0.9:
            children[int(rng.integers(i + 1, min(n, i + 6)))].append(i)
    return children


def test_places_in_use_at_once_never_overlap():
    rng = np.random.default_rng(41)
    saved = 0
    for _ in range(200):
        n = int(rng.integers(1, 40))
        children = random_forest(rng, n)
        sizes = rng.integers(1, 9, n).tolist()
        places, length = shared_places(sizes, children)
        owner = [None] * length

        def take(i, owner=owner, places=places, sizes=sizes):
            cells = range(places[i], places[i] + sizes[i])
            assert all(owner[c] is None for c in cells)
            for c in cells:
                owner[c] = i

        below = {i for each in children for i in each}
        for node in reversed(range(n)):
            if node not in below:
                take(node)
            for i in children[node]:
                take(i)
            for c in range(places[node], places[node] + sizes[node]):
                assert owner[c] == node
                owner[c] = None
        saved += sum(sizes) - length
    assert saved > 0


def test_products_by_row_are_the_tables_multiplied_out(random_model):
    rng = np.random.default_rng(42)
    for _ in range(40):
        model = random_model(rng)
        program = program_for(model)
        # Several entries share a number, as those of one parameter do.
        distinct, index = np.unique(model.tables, return_inverse=True)
        rows = TableRows(distinct[:, None] * [1.0, 0.5, 0.25], index.reshape(-1))
        recipe = recipe_of(program, rows.index)
        for i in range(3):
            values = rows.values[recipe.used, i]
            products = [*recipe.constants.tolist(), *values.tolist()]
            for left, right in zip(recipe.left, recipe.right, strict=True):
                assert max(left, right) < len(products)
                products.append(products[left] * products[right])
            base, _ = program.base(rows[i])
            assert np.allclose(np.array(products)[recipe.which], base, rtol=1e-14, atol=0)


def test_table_rows_read_like_the_array_they_stand_for():
    rng = np.random.default_rng(43)
    rows = TableRows(rng.random((4, 5)), np.array([0, 3, 3, 1, 2, 0]))
    full = np.asarray(rows)
    assert full.shape == rows.shape == (5, 6)
    assert np.array_equal(full, rows.values[rows.index].T)
    assert np.array_equal(rows[2], full[2])
    assert np.array_equal(rows[:, 1:4], full[:, 1:4])
    assert np.array_equal(np.asarray(rows.rows(np.array([4, 0]))), full[[4, 0]])
    more = rng.random((5, 3))
    assert np.array_equal(np.asarray(rows.extended([more])), np.hstack([full, more]))
    assert np.array_equal(np.asarray(TableRows.of(full)), full)


def test_a_tiny_number_in_one_row_costs_nothing(monkeypatch):
    """What it may lose cannot be seen, so that no row of draws is asked again."""
    from etiograph.engine import batch as module
    from etiograph.network.model import Conditional, Model

    tables = np.array([0.5, 0.5, 0.9, 0.1, 0.2, 0.8])
    families = (Conditional(0, (), 0), Conditional(1, (0,), 2))
    model = Model(("a", "b"), (2, 2), families, 2, tables, tables > 0)
    rows = np.tile(tables, (50, 1))
    rows[7, 2:4] = 1.0, 1e-200
    asked = []
    certain = module.certain
    monkeypatch.setattr(
        module, "certain", lambda *a, **more: asked.append(1) or certain(*a, **more)
    )
    found = propagate(model, np.array([1.0, 1.0, 0.0, 1.0]), rows)
    assert not asked
    want = np.where(np.arange(50) == 7, 1.0, 0.4 / 0.45)
    assert np.allclose(found.marginals[:, 1], want, rtol=0, atol=1e-12)


def test_a_model_of_which_everything_is_known_has_no_tables():
    from etiograph.network.model import Conditional, Model

    tables = np.ones(1)
    model = Model(("x",), (1,), (Conditional(0, (), 0),), 1, tables, tables > 0)
    empty = Model((), (), (), 0, np.zeros(0), np.zeros(0, dtype=np.bool_))
    for case in (model, empty):
        found = propagate(case, np.ones((2, case.n_states)))
        assert np.array_equal(found.log_evidence, [0.0, 0.0])
        assert np.array_equal(found.marginals, np.ones((2, case.n_states)))
