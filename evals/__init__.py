"""Suites, scorers and reports that say whether answers are right."""
