"""From a sealed record to its place in the partition, one leased record after the other."""
