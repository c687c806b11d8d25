"""Search: vectors, words, their fusion and the rules of who may see what."""
