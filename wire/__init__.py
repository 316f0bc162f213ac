"""What travels between a station and the centre, versioned, and nothing else."""
