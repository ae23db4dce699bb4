"""One folder per question: request, replications, estimates, document, sentences."""
