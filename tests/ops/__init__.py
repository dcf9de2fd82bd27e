"""Tests of what runs the portal: engines, supervisor, setup, deployment, benchmarks."""
