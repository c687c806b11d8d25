"""What an agent does next, on STAR: from past conversations, and from a procedure alone."""
