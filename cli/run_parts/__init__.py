"""Options by which a run is cut: what is kept while it goes on, and shares that machines play apart."""
