"""What happened with a customer before, and how it is searched without leaving that customer."""
