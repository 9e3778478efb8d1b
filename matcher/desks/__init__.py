"""What each desk reads: rows found through models.access, handed on as cards with no more."""
