"""Accounts: lists of them, first passwords on paper, who has access to what. Verbs stand in access."""
