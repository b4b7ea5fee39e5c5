"""Code highlighted in several languages, formats and styles that are looked up by name."""

# packages: pygments
from pygments import highlight
from pygments.formatters import get_formatter_by_name
from pygments.lexers import get_lexer_by_name, guess_lexer
from pygments.styles import get_style_by_name

for language in ("python", "rust", "json", "html"):
    lexer = get_lexer_by_name(language)
    for form in ("html", "terminal256", "latex"):
        highlight("x = 1", lexer, get_formatter_by_name(form, style=get_style_by_name("monokai")))
guess_lexer("#!/usr/bin/python\nprint(1)")
