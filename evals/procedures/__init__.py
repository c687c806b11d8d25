"""Whether procedures are read as they are written, and the right one is found."""
