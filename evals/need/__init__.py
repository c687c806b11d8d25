"""Whether the copilot offers help where it is needed and is quiet elsewhere."""
