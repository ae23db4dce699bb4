"""The scenarios that come with simcore: YAML files that `simcore.load_scenario` finds by name."""
