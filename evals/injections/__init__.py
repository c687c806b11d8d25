"""Instructions planted in documents, histories and turns, and benign texts that only look like
them.
"""
