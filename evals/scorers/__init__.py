"""What is looked at in an answer of the copilot, one kind of look a file."""
