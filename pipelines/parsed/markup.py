"""Markup that was printed as text (``m <sup>2</sup>``) → the characters a person was meant to see.

Belongs here: the few tags that occur inside published texts. Does not move offsets: places are kept in the printed text.
"""

from __future__ import annotations

import polars as pl

_SUPERSCRIPTS = {"1": "¹", "2": "²", "3": "³"}
_SUBSCRIPTS = {"2": "₂", "3": "₃"}


def resolve_markup(text: pl.Expr) -> pl.Expr:
    """Superscript and subscript digits as characters; blanks that extraction put around the tag go with it.

    ``约1600m <sup>2</sup> `` → ``约1600m²``. Any other tag stays as printed.
    """
    for tag, characters in (("sup", _SUPERSCRIPTS), ("sub", _SUBSCRIPTS)):
        for digit, character in characters.items():
            text = text.str.replace_all(rf"(?i) *< *{tag} *> *{digit} *< */ *{tag} *> *", character)
    return text.str.strip_chars()
