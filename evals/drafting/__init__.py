"""How drafting behaves: beside a server that fails, and in time."""
