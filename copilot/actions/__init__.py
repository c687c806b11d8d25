"""Actions that other systems can do: declared in files, proposed as cards, run once confirmed."""
