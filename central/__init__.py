"""The central server: it keeps what it cannot read, and shows each person what is theirs."""
