"""Opens one part of one record for one named request, and writes down that it did."""
