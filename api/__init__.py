"""The HTTP API of the wire contract, and its pages."""
