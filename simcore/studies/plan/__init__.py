"""Planning backward from a target."""
