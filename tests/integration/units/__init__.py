"""The services as systemd runs them: what they tell it, and under which users they share files."""
