"""What is looked at in an answer of the copilot, one kind of look a file.

Each has METRICS, `score`, and `columns`: the measures that a question has whatever is suggested.
"""
