"""What people see: pages, forms and the command line. Nothing here decides anything."""
