"""Results folders: Parquet, manifest, atomic exchange, verification."""
