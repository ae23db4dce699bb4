"""Parts of runs in files: what a run has done so far, the share of a run that another machine played, and their sum."""
