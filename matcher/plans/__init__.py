"""One table per pathway: to add a step to a plan, add a row."""
