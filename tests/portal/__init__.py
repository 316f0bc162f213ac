"""A portal in a small invented world, for the tests of its pages and for the browser."""
