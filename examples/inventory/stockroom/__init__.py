"""The stock of a small workshop, read from a plain text ledger."""
