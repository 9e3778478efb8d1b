"""Letters on paper: one sheet of A4 in large print, as a PDF that can also be read aloud.

Pure: the same facts always give the same bytes, on any machine. The fonts are
vendored; nothing is read from the system.
"""
