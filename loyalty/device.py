"""What a booking says of the device it came from: enough to tell two tills apart, nothing about a person."""

import hashlib

from django.http import HttpRequest

_BROWSERS = {"Edg/": "Edge", "OPR/": "Opera", "Firefox/": "Firefox", "Chrome/": "Chrome", "Safari/": "Safari"}
_SYSTEMS = {
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Android": "Android",
    "Windows": "Windows",
    "Mac OS": "Mac",
    "Linux": "Linux",
}


def browser_and_system(user_agent: str) -> tuple[str, str]:
    """Return what a browser calls itself and what it runs on, each empty where it is none of the well-known."""
    browser = next((name for mark, name in _BROWSERS.items() if mark in user_agent), "")
    return browser, next((name for mark, name in _SYSTEMS.items() if mark in user_agent), "")


def device_of(request: HttpRequest) -> str:
    """Return a device in 60 characters at most, "Firefox, Windows #3f9a": the number is that of its log-in session."""
    names = [name for name in browser_and_system(request.headers.get("User-Agent", "")) if name]
    session = request.session.session_key
    number = f"#{hashlib.sha256(session.encode()).hexdigest()[:4]}" if session else ""
    return " ".join(part for part in (", ".join(names), number) if part)
