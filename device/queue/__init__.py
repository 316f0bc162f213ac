"""The sealed, chained queue between a capture and the centre: nothing lost, nothing twice."""
