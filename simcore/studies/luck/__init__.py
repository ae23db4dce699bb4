"""How much of a ranking is luck, and how much is skill."""
