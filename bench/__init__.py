"""Benchmarks: one module per benchmark, run by bin/bench; what they share stands in modules with an underscore."""
