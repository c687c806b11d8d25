"""Files and records in: readers, chunks, and the sync that writes them to the store."""
