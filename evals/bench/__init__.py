"""How fast and how large: `python -m evals.bench`. Every figure is a ratio to something bare."""
