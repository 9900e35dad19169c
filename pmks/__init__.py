"""The 26 kinds of people in need of social welfare services, and their cases."""
