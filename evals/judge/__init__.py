"""A language model as judge: by explicit choice only, and never of itself."""
