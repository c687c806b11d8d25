"""What live conversations can bear: `python -m evals.load`. The clients are in this process, the
server in one of its own.
"""
