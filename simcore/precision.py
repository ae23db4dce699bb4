"""When a figure is precise enough: a rule that may look repeatedly and still covers what it promises."""
