"""Long work: the Job row is the truth, Celery only carries its id."""
