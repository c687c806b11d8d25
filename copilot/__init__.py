"""The agent-assist library: evidence, replies and next steps for a person who decides."""

__version__ = "0.1.0"
