"""Characters that Word keeps in the private area because a symbol font shows them: Symbol and Wingdings → Unicode.

Belongs here: the two tables, for the characters that occur in targets and forms (comparators, arithmetic, ticks).
Does not guess: a private character that is not listed stays as it is.
"""

from __future__ import annotations

# Adobe's Symbol encoding, from 0x20; a blank stands where Unicode has no such character of its own.
_SYMBOL = {
    0x2D: "−", 0x3D: "=", 0x3C: "<", 0x3E: ">", 0x25: "%", 0x2B: "+", 0x2A: "∗", 0x40: "≅", 0x7E: "∼", 0x2F: "/",
    0x28: "(", 0x29: ")", 0x2C: ",", 0x2E: ".", 0x3A: ":", 0x3B: ";", 0x20: " ",
    0x61: "α", 0x62: "β", 0x63: "χ", 0x64: "δ", 0x65: "ε", 0x67: "γ", 0x6C: "λ", 0x6D: "μ", 0x70: "π", 0x71: "θ",
    0x72: "ρ", 0x73: "σ", 0x74: "τ", 0x77: "ω", 0x44: "Δ", 0x53: "Σ", 0x57: "Ω",
    0xA2: "′", 0xA3: "≤", 0xA4: "⁄", 0xA5: "∞", 0xAB: "↔", 0xAC: "←", 0xAD: "↑", 0xAE: "→", 0xAF: "↓",
    0xB0: "°", 0xB1: "±", 0xB2: "″", 0xB3: "≥", 0xB4: "×", 0xB5: "∝", 0xB7: "•", 0xB8: "÷", 0xB9: "≠", 0xBA: "≡",
    0xBB: "≈", 0xBC: "…", 0xC5: "⊕", 0xC6: "∅", 0xC7: "∩", 0xC8: "∪", 0xCE: "∈", 0xD0: "∠", 0xD1: "∇", 0xD5: "∏",
    0xD6: "√", 0xD7: "⋅", 0xDE: "⇒", 0xE0: "◊", 0xE5: "∑",
    **{0x30 + digit: str(digit) for digit in range(10)},
}  # fmt: skip
_WINGDINGS = {
    0x52: "☑", 0x54: "☒", 0x6C: "●", 0x6D: "❍", 0x6E: "■", 0x6F: "□", 0x71: "❑", 0x72: "❒", 0x75: "◆", 0x9F: "•",
    0xA1: "○", 0xA4: "◉", 0xA7: "▪", 0xA8: "◻", 0xAB: "★", 0xD8: "➢", 0xE0: "→", 0xFB: "✗", 0xFC: "✓", 0xFD: "☒",
    0xFE: "☑",
}  # fmt: skip
_FONTS = {"symbol": _SYMBOL, "wingdings": _WINGDINGS}


def symbol(code: int, font: str) -> str:
    """The character that ``font`` shows for ``code`` (0xF0B3 or 0xB3); the private character itself when unknown."""
    found = _FONTS.get(font.lower(), {}).get(code & 0xFF)
    return found if found is not None else chr(code)


def without_private_symbols(text: str, font: str = "Symbol") -> str:
    """Text with characters of U+F020–F0FF read in ``font``: Word writes Symbol's that way into plain runs."""
    if not any("\uf020" <= character <= "\uf0ff" for character in text):
        return text
    return "".join(symbol(ord(c), font) if "\uf020" <= c <= "\uf0ff" else c for c in text)
