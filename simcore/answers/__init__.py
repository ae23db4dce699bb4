"""What a document says first: its answer, the figures that carry it, and a picture as data; for any screen or page."""
