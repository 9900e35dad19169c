"""Who may see which territory: users, penugasan, the one gate, row-level security, Jejak."""
