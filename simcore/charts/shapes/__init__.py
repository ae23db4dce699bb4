"""The shapes of charts, as Vega-Lite specifications: palette, theme, and one function for each kind of picture."""
