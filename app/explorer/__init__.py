"""The explorer: pages, and what they share."""
