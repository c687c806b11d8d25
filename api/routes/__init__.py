"""Thin routes: validate, call, return."""
