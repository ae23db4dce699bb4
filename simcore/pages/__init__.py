"""Reports: one self-contained HTML file for an answer, readable without scripts."""
