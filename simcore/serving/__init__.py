"""A local page with sliders: an answer for each setting of a scenario, drawn anew while the older one stays in grey."""
