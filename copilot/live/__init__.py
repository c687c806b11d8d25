"""Live conversations: turns in, events out, while the customer is still speaking."""
