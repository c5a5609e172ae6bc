"""The Benchmark view: what each optimisation brings on this machine, and what changed since."""
