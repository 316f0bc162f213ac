"""The printed fields of the credencial para votar, one module each."""
