"""What is dear and what is cheap: the thresholds of the engine that were set by measurement.

Times are told in table entries that are swept, since a machine that is twice as fast is so for both
sides of nearly every comparison. Each constant says what it weighs against what, and how it was
measured; none of them moves an answer.
"""

from __future__ import annotations

FEWEST_RUNS, MOST_RUNS = 8, 256
"""Runs of the search for an order with noise: of a cheap model, and of a dear one.

After 8 the tables are as large as after 64 (median of nine networks, a dozen patterns each), a
hundredth larger on the leg-cramp network, half as large again on insurance at worst.
"""
A_RUN = 40_000
"""Table entries that are laid out in the time of one more run."""
NOISE = 0.25
"""How much of a rating is random in a run with noise, at most."""
SHARED_RUNS = 64
"""Runs of the search for the one order of rows of many patterns.

Its tables are swept once a row, so that a hundredth is worth the 16 ms that more runs take.
"""

CHAIN_AT_MOST = 2.5
"""How much dearer than the star graph the chain may be and still be preferred: it has no signs."""
CHEAP = 3_000
"""Table entries up to which nothing is worth a choice.

The chain is preferred whatever it costs beside the star graph, and slicing out known states is not
worth another program.
"""
MANY_INPUTS = 24
"""Inputs of a table beyond which not all pairs are compared: the time grows with the cube."""

SHARE_WORTH_SLICING = 0.05
"""Share of the table entries that must go when a variable is known, for another program."""
DENSE_ENTRIES = 8_000_000
"""Dense table entries of all rows together that are swept in numpy in the time the kernels load."""
FEW = 3
"""Rows that go sooner one by one through a program than in a block, most lanes of which stay empty.

A block takes as long as 1.2 (pathfinder) to 3 rows (asia, alarm).
"""
LARGE = 25_000
"""Table entries from which a program of a row's own is worth compiling before it is swept in extended range."""
A_THREAD = 250_000
"""Table entries that rows one by one must go through for a second thread."""

A_PROGRAM = 10_000_000
"""Table entries that a sweep over many rows goes through in the time a program takes to compile.

With twice as many, tables of the leg-cramp network in many patterns take 0.95 to 1.15 times as long,
with half 1.1 to 1.3 times.
"""
TRIED = 3
"""Variables tried at each split: those that promise most.

With one, 2,000 rows of the leg-cramp network in 40 patterns take 1.2 times as long.
"""
A_CUT, A_CELL = 40_000, 100
"""As ``A_PROGRAM``, for cutting a row's own program from a shared tree: alone, and for each of its entries."""
A_SWEEP = 10
"""Table entries that are swept in a block in the time of one of a row's own."""
AGAIN = 20
"""Passes that rows are taken for when they are counted: who counts comes again with other numbers."""
CUT_CELLS = 100_000
"""Cells of a row's tables, before zeros are dropped, above which it is left to a program of its own."""
