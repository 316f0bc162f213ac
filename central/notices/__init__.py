"""What is said to people, and when: letters are decided here and written by the composer."""
