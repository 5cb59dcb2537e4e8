"""Peers beside us, with the same passages, questions and weights in one run: python -m benchmarks.peers"""
