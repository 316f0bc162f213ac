"""Queries that become the tables of the reports."""
