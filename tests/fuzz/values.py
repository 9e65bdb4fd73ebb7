"""What no honest person types, and how to see it again where it must not be."""

CANARY = "zq9x"
"""A tag of this name in an answer is what somebody typed, taken for HTML."""
SUM = "7331329895"
"""What a template would make of {{ 7331|add:7331322564 }}; nothing on the site says so by itself."""

BLANK = ["", " ", "\t\r\n", "\u00a0\u200b"]
LONG = ["x" * 10_000, "9" * 10_000, "é" * 300, "🎁" * 200]
STRANGE = [
    "a\0b", "\ud800", "\u202eedoc\u202c", "🧋\u200d🎁", "a\r\nSet-Cookie: b=c\r\n\r\n", "\x1b[31m\x07", "\ufdfa",
    "\u0130\u0131\u017fK", "\ufeff", "\uffff", "Z\u0351\u036b\u0343\u0321", "../../../etc/passwd", "%00", "%", "_",
    "null", "None", "true",
]  # fmt: skip
HOSTILE = [
    f"<{CANARY}>", f'"><{CANARY} onload=alert(1)>', f"'><{CANARY}>", f"</textarea></title><{CANARY}>",
    "javascript:alert(1)", "{{ 7331|add:7331322564 }}{% debug %}", "${7*7}", "%(name)s %s {0} {name}",
    "=cmd|' /C calc'!A0", "@SUM(1+1)", "' OR 1=1 --", "'; DROP TABLE loyalty_sale; --", "http://[::1", "//evil.example",
]  # fmt: skip
NUMBERS = [
    "0", "-1", "-0", "0.001", "1e309", "1E-400", "1e5", "NaN", "sNaN", "Infinity", "-inf", "9" * 18, "9" * 19,
    "9" * 20, "2147483648", "32768", "9223372036854775807", "-9223372036854775809", "99999999999999.99", "1.2.3",
    "1,2,3", "1'000", "\u0663", "\u0967\u0968", "\u2460", "\u00b2", "\u00bd", "1_000", "+1", "0x10", "--1", "1 2",
    "12,34,56.7", ".", ",", "-",
]  # fmt: skip
DATES = [
    "2026-02-31", "9999-12-31", "0001-01-01", "10000-01-01", "0000-00-00", "2026-13-01", "9999-12-31T23:59:59Z",
    "0001-01-01T00:00", "24:00", "99:99",
]  # fmt: skip
REACHES = [
    "a@b", "@", "a@" + "b" * 250 + ".com", '"<x>"@example.com', "a@xn--80ak6aa92e.com", "a@example.com,b@example.com",
    "mia@example.com\nBcc: evil@example.com", "+", "+999999999999999", "+49 30 0", "\u260e", "0" * 40,
]  # fmt: skip
PLACES = [
    "http://[", "https://]", "http://[::1]", "http://[::1]:99999999/c/AAAA", "http://[v1.x]/", "http://a:b@[::1",
    "http://\u2100.example/", "http://x:port/", "http://x:-1/", "http:///c/AAAA-BBBB-CCCC", "https://", "://",
    "//[", "?[#]",
    "mailto:mia@[::1", "http://x/%", "http://x/%zz", "http://x/%ff%fe", "http://x/%00", "http://x/%ed%a0%80",
    "\ufeffhttp://[::1", "http://xn--/", "http://\ud800/", "http://" + "a." * 200,
]  # fmt: skip
"""Addresses that are none: what a scanner may read off a stranger's code."""
BROKEN = [
    "[", "]", "[]", "[0", "a[b]", "((((", "{", "}", "{0", "<", "%%", "%zz", "%s", "%ff", "%c0%af", "%u202e", "100%",
    "\udc80", "a\udfffb", "\udfff\ud800", "\ud83e", "\udd4b",
]  # fmt: skip
"""Brackets, percent signs and halves of letters that nothing follows."""
IDS = ["00000000-0000-4000-8000-000000000000", "0", "1", "99999999", "not-an-id", "[]", "{}", "[[]]"]

VALUES = [*BLANK, *LONG, *STRANGE, *HOSTILE, *NUMBERS, *DATES, *REACHES, *PLACES, *BROKEN, *IDS]
FAR = "99999999999999999-999999999999999999"
"""A mark of a list's page that no list has."""
QUERIES = [*BLANK[:2], "x" * 3000, *STRANGE, *HOSTILE, *NUMBERS, *DATES, *PLACES, *BROKEN, *IDS, FAR]
PARTS = [
    "x" * 300, "0", "-1", "9" * 20, "\0", "\ud800", "\u0663", f"<{CANARY}>", "%2e%2e", "..", "{{7*7}}", "'", "🎁", " ",
    "00000000-0000-4000-8000-000000000000", "AAAA:BBBB:CCCC", "eyJhIjoxfQ:1:x",
    "http://[::1", "[", "]", "[0]", "%", "%%", "%zz", "%25", "a%2fb", "\udc80", "\udfff\ud800", "\u202e", "\u200b",
]  # fmt: skip
