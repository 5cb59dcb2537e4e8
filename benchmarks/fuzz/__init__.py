"""Fuzzing: what nobody would send, sent to the interface and put into loaders, questions and configuration.

python -m benchmarks.fuzz.api --requests 20000
python -m benchmarks.fuzz.inputs --minutes 60
"""
