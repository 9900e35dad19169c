"""Civil-registry extracts, matching, candidates, decisions, links between registers."""
