"""What a credential, a folio and an apoyo are: pure rules, standard library only."""
