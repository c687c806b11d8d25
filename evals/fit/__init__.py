"""Fits the reviewed weights of `copilot` on data sets, and says how well they carry over."""
