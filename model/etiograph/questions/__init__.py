"""The public questions, one method each: what a network answers, and what a case does."""
