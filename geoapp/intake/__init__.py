"""Files come in: ledgers, points and layers are read, previewed and imported."""
