"""What each promise means on the rows: readings that return whatever breaks one."""
