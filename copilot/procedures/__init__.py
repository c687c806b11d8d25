"""Procedures as the documents have them: their steps word for word, and how far one has come."""
