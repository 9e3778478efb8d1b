"""Files as people have them: any table read, every bad cell named, people written out.

No database here: reports and files of people become facts and sentences, and
`matcher/intake.py` takes the facts in.
"""
