"""The inspector's phone: pages for thumbs in the sun, and what they send."""
