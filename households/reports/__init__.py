"""What people read of the registry: the list, the quality of the data, one household."""
