"""What workflows and actions are written in: the part of YAML that they need, and expressions.

Both refuse what they do not know, so that nothing is understood differently here than on GitHub without a word.
"""
import json
import re


class Unknown(Exception):
    """What this reader does not know, with its place."""


# --- YAML ------------------------------------------------------------------------------------------------------------


def read(text):
    """Block mappings and sequences, `|` and `>`, flow lists and mappings on one line, plain and quoted scalars."""
    lines = [(number, line) for number, line in enumerate(text.splitlines(), 1)]
    value, rest = _block(lines, 0)
    if rest := _skip(rest):
        raise Unknown(f"line {rest[0][0]}: indented otherwise than what is before it")
    return value


def _indent(line):
    return len(line) - len(line.lstrip(" "))


def _skip(lines):
    while lines and re.fullmatch(r"\s*(#.*)?", lines[0][1]):
        lines = lines[1:]
    return lines


def _block(lines, least):
    lines = _skip(lines)
    if not lines or _indent(lines[0][1]) < least:
        return None, lines
    indent = _indent(lines[0][1])
    if re.match(r" *-( |$)", lines[0][1]):
        return _sequence(lines, indent)
    return _mapping(lines, indent)


def _sequence(lines, indent):
    items = []
    while (lines := _skip(lines)) and _indent(lines[0][1]) == indent and re.match(r" *-( |$)", lines[0][1]):
        number, line = lines[0]
        rest = line[indent + 1 :]
        if _key(rest.strip()) or not rest.strip():
            # The item is a block of its own, whose first line begins behind the dash.
            item, lines = _block([(number, " " * (indent + 1) + rest)] + lines[1:], indent + 1)
        else:
            item, lines = _value(rest.strip(), lines[1:], indent, number)
        items.append(item)
    return items, lines


def _key(text):
    return re.match(r"""("[^"]*"|'[^']*'|[A-Za-z0-9_./*-]+):(\s+|$)""", text)


def _mapping(lines, indent):
    mapping = {}
    while (lines := _skip(lines)) and _indent(lines[0][1]) == indent:
        number, line = lines[0]
        found = _key(line[indent:])
        if not found:
            raise Unknown(f"line {number}: '{line.strip()}' is no key with a value")
        name = found[1].strip("\"'")
        if name in mapping:
            raise Unknown(f"line {number}: {name} is there twice")
        mapping[name], lines = _value(line[indent + found.end() :].strip(), lines[1:], indent, number)
    return mapping, lines


def _value(text, lines, indent, number):
    if re.fullmatch(r"[|>]-?", text):
        body = []
        while lines and (not lines[0][1].strip() or _indent(lines[0][1]) > indent):
            body.append(lines[0][1])
            lines = lines[1:]
        while body and not body[-1].strip():
            body.pop()
        depth = min((_indent(line) for line in body if line.strip()), default=0)
        joined = ("\n" if text[0] == "|" else " ").join(line[depth:] for line in body)
        return joined + ("" if text.endswith("-") else "\n"), lines
    text = re.sub(r"""^(("[^"]*"|'[^']*'|[^\s"'#]|\s(?!#)|(?<!\s)#|["'])*?)\s+#.*$""", r"\1", text)
    if text.startswith("#") or not text:
        below = _skip(lines)
        # A sequence may stand at the indentation of its key.
        least = indent if below and re.match(r" {%d}-( |$)" % indent, below[0][1]) else indent + 1
        return _block(lines, least)
    return _scalar(text, number), lines


def _scalar(text, number):
    if text[0] == "[" and text[-1] == "]":
        return [_scalar(item.strip(), number) for item in text[1:-1].split(",") if item.strip()]
    if text[0] == "{" and text[-1] == "}" and not text.startswith("{{"):
        pairs = [item.strip() for item in text[1:-1].split(",") if item.strip()]
        if not all(_key(pair) for pair in pairs):
            raise Unknown(f"line {number}: '{text}' is no mapping")
        return {_key(pair)[1].strip("\"'"): _scalar(pair[_key(pair).end() :], number) for pair in pairs}
    if text[0] in "\"'" and text[-1] == text[0] and len(text) > 1:
        return json.loads(text) if text[0] == '"' else text[1:-1].replace("''", "'")
    if text[0] in "\"'&*!%@`[{" or ": " in text or "\t" in text:
        raise Unknown(f"line {number}: '{text}' is written in a way that this reader does not know")
    if text in ("true", "false", "null", "~"):
        return {"true": True, "false": False}.get(text)
    return int(text) if re.fullmatch(r"-?[0-9]+", text) else text


# --- Expressions -----------------------------------------------------------------------------------------------------

TOKEN = re.compile(r"\s*('(?:[^']|'')*'|[0-9]+(?:\.[0-9]+)?|&&|\|\||==|!=|<=|>=|[!()<>,.\[\]]|[A-Za-z_*][A-Za-z0-9_-]*)")


class Expression:
    """`${{ … }}` without its braces. `contexts` has the values, and `functions` those that depend on a job."""

    def __init__(self, text, contexts, functions):
        self.text, self.contexts = text, contexts
        self.functions = {
            "contains": lambda all, one: any(equal(item, one) for item in all)
            if isinstance(all, list)
            else string(one).lower() in string(all).lower(),
            "startswith": lambda text, start: string(text).lower().startswith(string(start).lower()),
            "fromjson": json.loads,
            "tojson": lambda value: json.dumps(value, indent=2),
            "format": lambda text, *values: re.sub(r"\{(\d+)\}", lambda place: string(values[int(place[1])]), text),
            **functions,
        }
        self.tokens, place = [], 0
        while text[place:].strip():
            token = TOKEN.match(text, place)
            if not token:
                raise Unknown(f"'{text}' is no expression at '{text[place:].strip()}'")
            self.tokens.append(token[1])
            place = token.end()

    def value(self):
        value = self._any()
        if self.tokens:
            raise Unknown(f"'{self.text}' is no expression at '{self.tokens[0]}'")
        return value

    def _next(self, *wanted):
        if self.tokens and self.tokens[0] in wanted:
            return self.tokens.pop(0)

    def _need(self, token):
        if not self._next(token):
            raise Unknown(f"'{self.text}' has no '{token}' where one belongs")

    def _any(self):
        value = self._all()
        while self._next("||"):
            other = self._all()
            value = value if true(value) else other
        return value

    def _all(self):
        value = self._compared()
        while self._next("&&"):
            other = self._compared()
            value = other if true(value) else value
        return value

    def _compared(self):
        value = self._single()
        while sign := self._next("==", "!="):
            value = equal(value, self._single()) == (sign == "==")
        return value

    def _single(self):
        if self._next("!"):
            return not true(self._single())
        if self._next("("):
            value = self._any()
            self._need(")")
            return value
        if not self.tokens:
            raise Unknown(f"'{self.text}' ends too early")
        token = self.tokens.pop(0)
        if token[0] == "'":
            return token[1:-1].replace("''", "'")
        if token[0].isdigit():
            return float(token) if "." in token else int(token)
        if token in ("true", "false", "null"):
            return {"true": True, "false": False}.get(token)
        if self._next("("):
            return self._called(token)
        if token not in self.contexts:
            raise Unknown(f"'{self.text}' has '{token}', which this reader does not know")
        value = self.contexts[token]
        while self._next("."):
            name = self.tokens.pop(0)
            value = value.get(name) if isinstance(value, dict) else None
        return value

    def _called(self, name):
        arguments = []
        while not self._next(")"):
            arguments.append(self._any())
            self._next(",")
        if name.lower() not in self.functions:
            raise Unknown(f"'{self.text}' calls '{name}', which this reader does not know")
        return self.functions[name.lower()](*arguments)


def true(value):
    return value not in (None, False, "", 0)


def string(value):
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return json.dumps(value) if isinstance(value, (dict, list)) else str(value)


def equal(one, other):
    """Strings without regard to case; values of different kinds as numbers."""
    if isinstance(one, str) and isinstance(other, str):
        return one.lower() == other.lower()
    return _number(one) == _number(other)


def _number(value):
    if value is None or value == "":
        return 0
    try:
        return float(value)
    except (TypeError, ValueError):
        return float("nan")


def interpolate(text, contexts, functions):
    """The text with its expressions replaced; one that is all of it keeps its kind."""
    if not isinstance(text, str):
        return text
    parts = re.split(r"\$\{\{(.*?)\}\}", text, flags=re.S)
    values = [Expression(part, contexts, functions).value() for part in parts[1::2]]
    if len(parts) == 3 and not parts[0] and not parts[2]:
        return values[0]
    return "".join(part for pair in zip(parts[::2], [string(value) for value in values] + [""]) for part in pair)


def condition(text, contexts, functions):
    """Whether `if:` holds; without a word on how it went before, all has to have succeeded."""
    text = str(text if text is not None else "success()").strip()
    text = text[3:-2] if text.startswith("${{") and text.endswith("}}") and text.count("${{") == 1 else text
    if not re.search(r"\b(success|failure|always|cancelled)\s*\(", text):
        text = f"success() && ({text})"
    return true(Expression(text, contexts, functions).value())
