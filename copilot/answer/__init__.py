"""From passages to a reply that cites every sentence, or to silence with a reason."""
