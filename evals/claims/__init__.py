"""Whether the claim checker catches what a draft gets wrong and keeps what it gets right."""
