"""Words that a user meets, and every key of the scenario format: what they mean, said once for all who show it."""
