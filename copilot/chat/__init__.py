"""Language models behind one port: calls that end in time, several in order, and token counts."""
