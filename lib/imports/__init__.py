"""Data from other systems: files read, columns recognised, values parsed, records matched."""
