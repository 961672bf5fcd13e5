"""Speed side by side with pyAgrum and pgmpy: ``python -m benchmarks [speed|leg_cramps|bnlearn]``."""
