"""Benchmarks: python -m tests.benchmarks [--json] [--import]. A workload is one small module: see mlp.py."""
