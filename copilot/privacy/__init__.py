"""Personal data: found and masked before text is logged or leaves the process."""
