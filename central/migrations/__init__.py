"""Steps of the database, one file each, up and down; they run on SQLite and PostgreSQL."""
