"""How the machine of a station is: what its kernel says, and what the screens say."""
