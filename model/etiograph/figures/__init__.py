"""Pictures of answers and networks."""
