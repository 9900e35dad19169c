"""The 12 kinds of social-welfare resources: people and institutions."""
