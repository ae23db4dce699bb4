"""How deals have gone, learned from an export, and how those that are open and those to come go on."""
