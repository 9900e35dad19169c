"""Rounds, tasks, visits, photos and the approval chain of the village visit."""
