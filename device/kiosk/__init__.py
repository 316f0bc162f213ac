"""The screens for the auxiliar: a web application for this machine alone."""
