"""Generates the cases: pairs of config and credentials texts, always the same ones for a seed.

A case is a plain pair of files with some of the features from the list below. A feature that can make a tool differ
from our readers adds marks: a tag, the line, the profile names and the keys that it can affect. The comparison accepts
a difference only at a mark with a known tag, so a mark is as narrow as possible."""

import random

SEED = 20260117
CASES = 2000
WILD = 500
ROUGH = 3000

UNICODE_BLANKS = ["\u00a0", "\u3000", "\u2028", "\ufeff", "\u0085", "\v", "\f", "\u2003"]
INHERITED = ["constructor", "toString", "valueOf", "hasOwnProperty"]


class Chance:
    """Uses only `random()`: other methods of random.Random may return different numbers in another version of
    Python."""

    def __init__(self, seed):
        self.source = random.Random(seed)

    def below(self, number):
        return int(self.source.random() * number)

    def hit(self, probability):
        return self.source.random() < probability

    def pick(self, items):
        return items[self.below(len(items))]

    def sample(self, items, count):
        rest = list(items)
        return [rest.pop(self.below(len(rest))) for _ in range(min(count, len(rest)))]


class Line:
    def __init__(self, text, key=None, value=None):
        self.text = text
        self.key = key
        # True if the line is one ordinary property, which features may change.
        self.value = value
        self.marks = []
        # The line end if it is the last line of the file.
        self.end = None

    def mark(self, tag, keys=(), names=(), **more):
        self.marks.append({"tag": tag, "keys": set(keys), "names": set(names), **more})
        return self


class Section:
    def __init__(self, kind, inner, after=""):
        self.kind = kind
        self.header = Line(f"[{inner}]{after}")
        self.names = possible_names(inner)
        self.lines = []

    def keys(self):
        return {line.key for line in self.lines if line.key}

    def properties(self):
        return [line for line in self.lines if line.value is not None]


class File:
    def __init__(self, kind):
        self.kind = kind
        self.before = []
        self.sections = []
        self.end_of_line = "\n"
        self.start = ""
        self.end = None
        self.marks = []

    def previous(self, section):
        at = self.sections.index(section)
        return self.sections[at - 1] if at else None


def possible_names(inner):
    """Every name that a tool may give to a section: bare, without its prefix, unquoted, unescaped, dotted."""
    names = {inner, inner.strip()}
    for text in list(names):
        for prefix in ("profile", "sso-session", "services"):
            if text.startswith(prefix):
                rest = text[len(prefix) :]
                names |= {rest.strip(), rest.strip(" \t."), f"{prefix}.{rest.strip()}"}
    names |= {text.split(None, 1)[1] for text in names if len(text.split(None, 1)) == 2}
    names |= {text.strip("\"'") for text in names}
    names |= {text.replace("\\", "") for text in names}
    return names - {""} if inner.strip() else names


# ---------------------------------------------------------------------------------------------------------------------
# Plain files that every tool should read.

NAMES = [
    "dev", "prod", "stage", "a", "b", "my-profile", "team_x", "a/b", "a:b", "a+b", "me@corp.com", "a%b", "123", "7", "0",
    "dev.eu", "UPPER", "Mixed-Case", "biz-corp.eu-west-1", "x" * 120, "-", "_", "profile2", "default2",
]  # fmt: skip
KEYS = [
    "region", "output", "role_arn", "source_profile", "external_id", "mfa_serial", "duration_seconds", "sso_role_name",
    "role_session_name", "credential_process", "sso_start_url", "sso_region", "sso_account_id", "endpoint_url", "ca_bundle",
    "cli_pager", "retry_mode", "max_attempts", "web_identity_token_file", "aws_access_key_id", "x-y", "a.b", "mfa_process",
]  # fmt: skip
VALUES = [
    "eu-west-1", "json", "arn:aws:iam::222222222222:role/Deploy", "3600", "007", "true", "null", "True", "1.50", "a=b==",
    "==", "x#y", "x;y", "https://corp.awsapps.com/start#/", "\"quoted\"", "'quoted'", "\"half", "it's", "\"a\" and \"b\"",
    "\"a\\\"b\"", "a\\;b", "a\\#b", "\\", "\\\\", "C:\\Users\\x", "%(region)s", "$HOME/x", "${X}", "m\u00fcller", "\u958b\u767a",
    "\U0001f680", "{\"a\":1}", "'{\"a\":1}'", "'[1,\"x\",null]'", "'5'", "'null'", "\"a\\u0041\"", "\"\\q\"", "[x]", "v]", "a\tb",
    "a  b", ": colon", ":", "/usr/bin/helper --flag \"a b\" 'c d'", "AKIAIOSFODNN7EXAMPLE", "a\u0001b", "a\u0000b", "a\u00a0b",
    "a\u2028b", "a\u0085b", "\u200b", "'", "\"", "''", "\"\"", "\"\\ud800\"", "long " * 900 + "end", "@file", "<x>", "a,b", "-",
]  # fmt: skip
COMMENTS = ["# note", "; note", "#", ";", "#[profile commented]", ";region = x", "# m\u00fcller \u958b", "## = ##", "#\tx"]
BLANKS = ["", "", " ", "\t", "  \t"]


def plain_property(chance, key, value=None):
    value = chance.pick(VALUES) if value is None else value
    equals = chance.pick([" = ", " = ", "=", "= ", " =", "\t=\t", "  =  "])
    return Line(f"{key}{equals}{value}{chance.pick(['', '', '', '', ' ', chr(9), '   '])}", key, value)


def plain_block(chance, key):
    pairs = chance.sample(["max_concurrent_requests", "addressing_style", "endpoint_url", "use", "b"], 1 + chance.below(3))
    indent = chance.pick(["  ", "    ", "\t"])
    lines = [Line(f"{key}{chance.pick([' =', '=', ' = '])}", key)]
    for name in pairs:
        if chance.hit(0.1):
            lines.append(Line(chance.pick(BLANKS)))
        value = chance.pick(["10", "path", "https://x.example/#a", "a=b", "\"q\"", "m\u00fcller"])
        lines.append(Line(f"{indent}{name}{chance.pick([' = ', '='])}{value}", key))
    return lines


def plain_body(chance, section, least=0):
    free = [key for key in KEYS if key not in section.keys()]
    for key in chance.sample(free, max(least, chance.below(6))):
        if chance.hit(0.15):
            section.lines.append(Line(chance.pick(COMMENTS)))
        if chance.hit(0.1):
            section.lines.append(Line(chance.pick(BLANKS)))
        section.lines.append(plain_property(chance, key))
    if section.kind == "config" and chance.hit(0.12):
        section.lines += plain_block(chance, chance.pick(["s3", "sts", "dynamodb"]))
    if chance.hit(0.4):
        section.lines.append(Line(chance.pick(BLANKS)))
    return section


def add_section(chance, file, inner, least=1, after=""):
    """A section with a unique name at a random place."""
    section = plain_body(chance, Section(file.kind, inner, after), least)
    file.sections.insert(chance.below(len(file.sections) + 1), section)
    return section


def plain_inner(chance, kind, name):
    if kind == "credentials" or name == "default":
        return name
    return chance.pick(["profile ", "profile ", "profile ", "profile ", "profile\t"]) + name


def plain_files(chance):
    config, credentials = File("config"), File("credentials")
    names = chance.sample(NAMES, 1 + chance.below(5))
    if chance.hit(0.5):
        names.insert(chance.below(len(names) + 1), "default")
    after = ["", "", "", "", "", "", " ", "\t", "  # note", " ; note", "\t#x"]
    for name in names:
        if chance.hit(0.85):
            config.sections.append(
                plain_body(chance, Section("config", plain_inner(chance, "config", name), chance.pick(after)))
            )
        if chance.hit(0.35):
            credentials.sections.append(plain_body(chance, Section("credentials", name, chance.pick(after))))
    if chance.hit(0.1):
        add_section(chance, config, f"sso-session {chance.pick(['corp', 'x.y'])}")
    if chance.hit(0.1):
        services = Section("config", "services dev")
        services.lines = plain_block(chance, "sts")
        config.sections.append(services)
    if chance.hit(0.06):
        add_section(chance, config, chance.pick(["plugins", "preview", "unknown section", "Profile x", "foo"]))
    for file in (config, credentials):
        if chance.hit(0.2):
            file.before += [Line(chance.pick(COMMENTS + BLANKS)) for _ in range(1 + chance.below(2))]
        file.end_of_line = "\r\n" if chance.hit(0.12) else "\n"
        if chance.hit(0.2):
            file.end = ""
    return config, credentials


# ---------------------------------------------------------------------------------------------------------------------
# Features. Each changes the files in place and marks what may change for a tool. Features without marks change nothing
# for the AWS tools and only affect npm ini.

FEATURES = {}


def feature(weight=2):
    def register(function):
        FEATURES[function.__name__.replace("_", "-")] = (function, weight)
        return function

    return register


def some_section(chance, file):
    """A section that all tools read as a profile. It is created if the file has none."""
    usable = [section for section in file.sections if not section.header.marks and section.properties()]
    usable = [s for s in usable if s.header.text.startswith(("[profile ", "[default]")) or s.kind == "credentials"]
    if usable and chance.hit(0.8):
        return chance.pick(usable)
    name = fresh(chance, file)
    return add_section(chance, file, plain_inner(chance, file.kind, name))


def fresh(chance, file):
    taken = {name for section in file.sections for name in section.names}
    base = chance.pick(["odd", "new", "extra", "p"])
    while any(base in name for name in taken):
        base += chance.pick("abcdefgh")
    return base


def some_property(chance, file):
    section = some_section(chance, file)
    return section, chance.pick(section.properties())


def odd_section(chance, file, tag, inner, after="", leaks=False, least=1):
    """A section with a header that some tool reads differently. If it leaks, its keys may move to the section
    before."""
    section = add_section(chance, file, inner, least, after)
    section.header.mark(tag, whole="leak" if leaks else "section")
    return section


@feature(4)
def inline_comment(chance, config, credentials):
    section, line = some_property(chance, chance.pick([config, config, credentials]))
    comment = chance.pick([" # note", " ; note", "\t;x", " #", " ;\"x\"", " # a = b ; c", "\u00a0# note"])
    line.text += comment
    line.mark("inline-comment", {line.key})
    if comment[0] == "\u00a0":
        line.mark("unicode-blank", {line.key})


@feature(1)
def comment_marks_in_command(chance, config, credentials):
    section = some_section(chance, config)
    if "credential_process" not in section.keys():
        line = Line('credential_process = sh -c "a ; b # c" d', "credential_process")
        section.lines.append(line.mark("inline-comment", {line.key}))


@feature(1)
def comment_for_value(chance, config, credentials):
    section = some_section(chance, config)
    line = Line(chance.pick(["note = # x", "note = ;x", "note =\t# a = b"]), "note")
    section.lines.append(line.mark("inline-comment", {"note"}).mark("empty-value", {"note"}))


@feature()
def comment_in_block(chance, config, credentials):
    section = some_section(chance, config)
    if "lambda" not in section.keys():
        section.lines += [Line("lambda =", "lambda"), Line("  a = 1 # one", "lambda").mark("comment-in-block", {"lambda"})]


@feature()
def duplicate_key(chance, config, credentials):
    section, line = some_property(chance, chance.pick([config, credentials]))
    again = plain_property(chance, line.key)
    section.lines.append(again.mark("duplicate-key", {line.key}))


@feature()
def duplicate_section(chance, config, credentials):
    file = chance.pick([config, config, credentials])
    first = some_section(chance, file)
    again = Section(file.kind, first.header.text[1 : first.header.text.index("]")])
    again.header.mark("duplicate-section")
    # The two differ in one key, so that a wrong order of merging is detected.
    again.lines.append(plain_property(chance, chance.pick(first.properties()).key))
    file.sections.append(plain_body(chance, again))


@feature()
def two_spellings_of_one_profile(chance, config, credentials):
    name = fresh(chance, config)
    inners = chance.sample([f"profile {name}", f"profile\t{name}", f"profile {name} "], 2)
    sections = [add_section(chance, config, inner, 2) for inner in inners]
    for section in sections:
        section.header.mark("two-spellings", whole="section")
        if section.header.text.endswith(" ]"):
            section.header.mark("padded-header", whole="section")


@feature(3)
def quoted_name(chance, config, credentials):
    quote = chance.pick("\"'")
    name = fresh(chance, config) + chance.pick(["", "", " two", ".x", "\u00fc"])
    odd_section(chance, config, "quoted-name", f"profile {quote}{name}{quote}")


@feature()
def quoted_name_in_credentials(chance, config, credentials):
    name = fresh(chance, credentials)
    odd_section(chance, credentials, "wholly-quoted", chance.pick([f'"{name}"', f"'{name}'", f'" {name}\\\\.x"']))


@feature(3)
def odd_name(chance, config, credentials):
    file = chance.pick([config, credentials])
    name = fresh(chance, file) + chance.pick(["\u00fc", "\u958b\u767a", "\U0001f680", "=b", "]", "]b", "!", "*", "(x)", "\u200b", "\u2028x", "\u00a0two"])
    odd_section(chance, file, "odd-name", f"profile {name}" if file is config else name)


@feature()
def name_of_two_words(chance, config, credentials):
    name = f"{fresh(chance, config)} {chance.pick(['two', 'two three'])}"
    if chance.hit(0.4):
        add_section(chance, config, f"profile {name}")
    else:
        odd_section(chance, credentials, "spaced-name", name)


@feature()
def padded_header(chance, config, credentials):
    file = chance.pick([config, config, credentials])
    name = fresh(chance, file)
    inner = f"profile {name}" if file is config else name
    odd_section(chance, file, "padded-header", chance.pick([f" {inner} ", f" {inner}", f"{inner} ", f"\t{inner}"]))


@feature()
def colon_for_equals(chance, config, credentials):
    section = some_section(chance, config)
    section.lines.append(Line(chance.pick(["note: v", "note:v", "note : v"]), "note").mark("colon-for-equals", {"note"}))


@feature()
def colon_before_equals(chance, config, credentials):
    section = some_section(chance, config)
    key, text = chance.pick([("note:x", "note:x = v"), ("note: a", "note: a = v"), ("note:", "note:=v")])
    section.lines.append(Line(text, key).mark("colon-before-equals", {"note", key}))


@feature(1)
def first_property_indented(chance, config, credentials):
    section = some_section(chance, chance.pick([config, credentials]))
    line = Line("  first = v", "first").mark("first-indented", {"first"})
    section.lines.insert(0, line)


@feature(3)
def continuation(chance, config, credentials):
    section, line = some_property(chance, config)
    at = section.lines.index(line) + 1
    more = chance.pick(["more", "and = more", "a b c", "x=1", "[bracket]", "\"q\"", "more # note"])
    keys = {line.key, more.split("=")[0].strip()} if "=" in more else {line.key}
    added = Line(chance.pick(["  ", "\t", "      "]) + more, line.key).mark("continuation", keys)
    if more[0] == "[":
        added.mark("bracket-in-continuation", whole="rest")
    section.lines.insert(at, added)
    if chance.hit(0.3):
        section.lines.insert(at, Line("").mark("blank-in-value", {line.key}))


@feature(1)
def indented_comment(chance, config, credentials):
    section = some_section(chance, config)
    at = chance.below(len(section.lines) + 1)
    before = [line.key for line in section.lines[:at] if line.key]
    line = Line("  " + chance.pick(["# note", "; note"])).mark("indented-comment", before[-1:])
    section.lines.insert(at, line)


@feature(3)
def key_case(chance, config, credentials):
    section, line = some_property(chance, chance.pick([config, credentials]))
    spelled = chance.pick([str.upper, str.title])(line.key)
    line.text = spelled + line.text[len(line.key) :]
    line.mark("key-case", {line.key, spelled})


@feature()
def default_magic(chance, config, credentials):
    file = chance.pick([config, credentials])
    section = add_section(chance, file, "DEFAULT", 2)
    values = {line.key: line.value for line in section.properties()}
    section.header.mark("default-magic", section.keys(), {"DEFAULT"}, values=values, whole="names")


@feature()
def both_defaults(chance, config, credentials):
    if any(section.header.text.startswith("[default]") for section in config.sections):
        sections = [s for s in config.sections if s.header.text.startswith("[default]")]
    else:
        sections = [add_section(chance, config, "default")]
    prefixed = add_section(chance, config, "profile default", 0)
    for section in [prefixed, *sections]:
        section.header.mark("both-defaults", whole="section")
        if not prefixed.keys():
            section.header.mark("empty-prefixed-default", whole="section")


@feature()
def prefix_in_credentials(chance, config, credentials):
    name = fresh(chance, credentials)
    odd_section(chance, credentials, "prefix-in-credentials", chance.pick(["profile ", "sso-session ", "services "]) + name)


@feature()
def empty_value(chance, config, credentials):
    section, line = some_property(chance, chance.pick([config, credentials]))
    line.text = f"{line.key}{chance.pick([' =', '=', ' = ', '=   '])}"
    line.value = None
    line.mark("empty-value", {line.key})


@feature()
def empty_value_in_block(chance, config, credentials):
    section = some_section(chance, config)
    if "glacier" not in section.keys():
        section.lines += [Line("glacier =", "glacier"), Line("  x =", "glacier").mark("empty-in-block", {"glacier", "x"})]
        section.lines.append(Line("  b = 2", "glacier"))


@feature(1)
def junk_line(chance, config, credentials):
    section = some_section(chance, chance.pick([config, credentials]))
    section.lines.append(Line(chance.pick(["junk", "]", "region", "\"x\"", "<<<<<<< HEAD", "@"])).mark("no-equals"))


@feature(1)
def no_key(chance, config, credentials):
    section = some_section(chance, config)
    section.lines.append(Line(chance.pick(["= v", "=", "=="])).mark("no-key"))


@feature(1)
def before_first_section(chance, config, credentials):
    file = chance.pick([config, credentials])
    text = chance.pick(["region = x", "list[] = 1", "junk", "dev = 1", "  region = x"])
    file.before.append(Line(text).mark("before-first-section"))


@feature(1)
def header_not_closed(chance, config, credentials):
    file = chance.pick([config, credentials])
    section = add_section(chance, file, fresh(chance, file))
    section.header.text = chance.pick(["[profile half", "["])
    section.header.mark("header-not-closed")


@feature(1)
def text_after_header(chance, config, credentials):
    file = chance.pick([config, credentials])
    inner = plain_inner(chance, file.kind, fresh(chance, file))
    odd_section(chance, file, "text-after-header", inner, after=chance.pick([" note", "x", " = v"]))


@feature(2)
def mark_in_header(chance, config, credentials):
    file = chance.pick([config, credentials])
    if chance.hit(0.5):
        tag, name = "mark-in-header", chance.pick(["#bar", ";bar", " #bar", " ;bar"])
    else:
        tag, name = "escaped-mark", chance.pick(["\\;bar", "\\#bar"])
    odd_section(chance, file, tag, plain_inner(chance, file.kind, fresh(chance, file) + name))


@feature()
def bracket_in_header_comment(chance, config, credentials):
    inner = f"profile {fresh(chance, config)}"
    odd_section(chance, config, "bracket-in-comment", inner, after=" # see [x]")


@feature()
def comment_touches_bracket(chance, config, credentials):
    file = chance.pick([config, credentials])
    inner = plain_inner(chance, file.kind, fresh(chance, file))
    odd_section(chance, file, "comment-touches-bracket", inner, after=chance.pick(["#x", ";x"]), leaks=True)


@feature()
def indented_header(chance, config, credentials):
    file = chance.pick([config, credentials])
    inner = plain_inner(chance, file.kind, fresh(chance, file))
    section = odd_section(chance, file, "indented-header", inner, leaks=True)
    section.header.text = chance.pick([" ", "\t"]) + section.header.text


@feature()
def two_blanks_in_header(chance, config, credentials):
    name = fresh(chance, config)
    odd_section(chance, config, "two-blanks", chance.pick([f"profile  {name}", f"profile \t{name}"]))


@feature(1)
def unicode_blank_in_header(chance, config, credentials):
    odd_section(chance, config, "unicode-blank-in-header", f"profile\u00a0{fresh(chance, config)}")


@feature()
def backslash_in_name(chance, config, credentials):
    file = chance.pick([config, config, credentials])
    name = fresh(chance, file) + chance.pick(["\\.b", "\\b", "\\\\.b"])
    section = odd_section(chance, file, "backslash-name", plain_inner(chance, file.kind, name))
    # Between shells' rules and Amplify's, two backslashes are one or none.
    section.header.marks[-1]["names"] |= {name.replace("\\\\", "\\"), name.replace("\\.", "."), name.replace("\\", "")}


@feature()
def prefix_lookalike(chance, config, credentials):
    name = fresh(chance, config)
    odd_section(chance, config, "prefix-lookalike", chance.pick([f"profiles {name}", f"profile-x {name}"]))


@feature(1)
def dot_for_blank(chance, config, credentials):
    odd_section(chance, config, "dot-for-blank", f"profile.{fresh(chance, config)}")


@feature(1)
def empty_header(chance, config, credentials):
    file = chance.pick([config, credentials])
    odd_section(chance, file, "empty-header", "", leaks=True)


@feature()
def byte_order_mark(chance, config, credentials):
    file = chance.pick([config, config, credentials])
    if not file.sections:
        some_section(chance, file)
    file.start = "\ufeff"
    file.marks.append({"tag": "byte-order-mark", "line": 1})


@feature(1)
def carriage_return_in_value(chance, config, credentials):
    section, line = some_property(chance, config)
    tail = chance.pick(["\rb", "\rk2 = b", "\r", "\r# c"])
    line.text += tail
    line.mark("lone-cr", {line.key, "k2"})
    if tail == "\r# c":
        line.mark("inline-comment", {line.key})


@feature(1)
def carriage_returns_for_line_ends(chance, config, credentials):
    file = chance.pick([config, credentials])
    if file.sections:
        file.end_of_line = "\r"
        file.marks.append({"tag": "only-cr", "line": 1, "whole": "file"})


@feature(1)
def carriage_return_at_the_end(chance, config, credentials):
    section, line = some_property(chance, config)
    section.lines.remove(line)
    section.lines.append(line)
    config.sections.remove(section)
    config.sections.append(section)
    line.end = "\r"
    line.mark("cr-at-end", {line.key})


@feature(3)
def unicode_blank_at_an_edge(chance, config, credentials):
    section, line = some_property(chance, config)
    blank = chance.pick(UNICODE_BLANKS)
    line.value = chance.pick([f"{blank}v", f"v{blank}", f"{blank} v {blank}", blank])
    line.text = f"{line.key} = {line.value}"
    line.mark("unicode-blank", {line.key})


@feature(3)
def odd_key(chance, config, credentials):
    section = some_section(chance, chance.pick([config, credentials]))
    key = chance.pick([
        "list[]", "my key", "cl\u00e9", "\u043a\u043b\u044e\u0447", '"quoted"', "'null'", "a\\.b", "k!", "k\u00a0", "(x)", "'[1]'", "a]", "__proto__[]",
    ])  # fmt: skip
    for _ in range(1 if key != "list[]" else 2):
        if key != "list[]" or not any(line.key == key for line in section.lines):
            section.lines.append(Line(f"{key} = {chance.pick(VALUES)}", key).mark("odd-key", {key, key.strip()}))


@feature(1)
def bracket_for_key(chance, config, credentials):
    some_section(chance, config).lines.append(Line("[] = v", "[]").mark("bracket-for-key", {"[]"}))


@feature(1)
def nested_line_without_equals(chance, config, credentials):
    section = some_section(chance, config)
    block = [Line("glacier2 =", "glacier2"), Line("  junk", "glacier2").mark("no-equals-in-block", {"glacier2"})]
    section.lines += block


@feature(1)
def line_separator_in_block(chance, config, credentials):
    section = some_section(chance, config)
    value = chance.pick(["a\u2028b", "a\u0085c = d", "a\fb = c", "a\u001cb"])
    line = Line(f"  x = {value}", "iot").mark("line-separator-in-block", {"iot"})
    section.lines += [Line("iot =", "iot"), line]


@feature(1)
def inherited_name(chance, config, credentials):
    file = chance.pick([config, credentials])
    name = chance.pick(INHERITED)
    odd_section(chance, file, "inherited-name", chance.pick([f"profile {name}", name]) if file is config else name)


@feature(1)
def inherited_key(chance, config, credentials):
    section = some_section(chance, config)
    name = chance.pick(INHERITED)
    section.lines.append(Line(f"{name}{chance.pick(['', '[]'])} = v", name).mark("odd-key", {name.lower() + "[]", name + "[]"}))
    # If npm ini sees no header, the key belongs to another section. A dotted one is a value in a container.
    parts = {part for other in section.names for part in other.split(".")}
    section.lines[-1].mark("inherited-name", {name} | parts, parts, whole="names")
    section.lines[-1].mark("key-case", {name, name.lower()})


@feature(1)
def proto_name(chance, config, credentials):
    file = chance.pick([config, credentials])
    inner = chance.pick(["__proto__", "__proto__", "__proto__.x", "x.__proto__"])
    if file is config:
        inner = chance.pick([inner, "profile __proto__", '"__proto__"'])
    section = add_section(chance, file, inner)
    if inner.removeprefix("profile ") == "__proto__":
        section.header.mark("proto-loses-file", whole="file")


@feature(1)
def proto_key(chance, config, credentials):
    some_section(chance, config).lines.append(Line("__proto__ = v", "__proto__").mark("proto-key", {"__proto__"}))


@feature(5)
def only_amplify_reads_it(chance, config, credentials):
    """Headers that the AWS tools ignore and the Amplify CLI reads as profiles, or as containers."""
    name = fresh(chance, config)
    inner = chance.pick([
        name, f"{name} profile", f"profile{name}", f"my-profile-{name}", f'"profile {name}"', f"'profile {name}'", name + ".x",
        f"{name}\\.x", f'"{name}\\\\.x"', f"Profile {name}", f"{name} profile two", "profile", f"profile {name} two", "2", "10", "default.x", '"[1]"', "'null'", "'5'", "'{\"a\":1}'", "region", "profile profile x",
    ])  # fmt: skip
    add_section(chance, config, inner)
    if chance.hit(0.3):
        add_section(chance, config, f"profile {name}.x")


@feature()
def both_spellings_for_amplify(chance, config, credentials):
    """The pair that makes a dotted profile visible to all tools, or the pair that hides it from Amplify."""
    name = fresh(chance, config)
    for inner in chance.sample([f"profile {name}.x", f"{name}\\.x"], 2):
        add_section(chance, config, inner)


@feature()
def same_name_for_amplify(chance, config, credentials):
    """Sections with different headers that the Amplify CLI reads as one profile: it lists the first and finds the
    last."""
    name = fresh(chance, config)
    for inner in chance.sample([f"profile {name}", name, f"{name} profile", f'"{name}"'], 2):
        add_section(chance, config, inner)


@feature(1)
def array_and_section(chance, config, credentials):
    name = fresh(chance, config)
    config.before.append(Line(f"{name}[] = 1").mark("before-first-section"))
    add_section(chance, config, chance.pick([name, f"{name}.x"]))


@feature(1)
def almost_empty_file(chance, config, credentials):
    config.sections.clear()
    config.before = [Line(chance.pick(["", " ", "# c", "\t", "; c"])) for _ in range(chance.below(3))]
    config.marks.clear()
    config.start, config.end, config.end_of_line = "", None, "\n"


# ---------------------------------------------------------------------------------------------------------------------
# Random text for npm ini (and for `auto`, which never fails). Names of JavaScript's built-in objects are excluded,
# because those differences are documented and cannot be marked here.

ATOMS = [
    "a", "b", "c", "a", "b", "profile", "profile ", "profile a", "my-profile", "1", "2", "10", "01", "4294967294", "4294967295",
    "0", "-1", "1e3", ".", ".", "..", "\\.", "\\.", "\\\\.", "\\", "\\\\", "\\;", "\\#", "\\n", ";", "#", '"', "'", "[]", "[", "]",
    "=", "=", "\u0085", "\u2028", "\u2029", "\ufeff", "\u00a0", "\u200b", "\u3000", "\u180e", "\v", "\f", "\t", " ", "  ", "\u00e9",
    "\u958b", "\U0001f680", "\u0001", "\u0000", "true", "false", "null", "True", "undefined", ":", "{", "}", ",", "region",
]  # fmt: skip
JSON_TEXTS = [
    "null", "true", "false", "5", "-0", "1.50", "1e3", "1e21", "1e-7", "123456789012345680000", "1E400", "-1e400", "0.1", "[]",
    "9007199254740993", "5e-324", "{}", '["a"]', '[1,[null,"a"],{}]', '{"a":1}', '{"b":1,"a":{"c":2},"1":3}', '"true"',
    '"a\\\\.b"', '" x "', '"\\u0041\\n"', '"\\ud83d\\ude80"', '"\\ud800"', '"\\udc00x"', '"\\q"', "[1,]", "{a:1}", "01", "+1",
    ".5", "1.", '"a', "NaN", "\ufeff1", "[1 , 2 ]", " 7 ", '"\t"', '{"":0}', '"k[]"', '""', "[[[[1]]]]",
]  # fmt: skip


def wild_text(chance):
    def name():
        return chance.pick(["a", "b", "c", "a", "b", "1", "2"]) if chance.hit(0.85) else chance.pick(ATOMS)

    def dotted():
        separators = [".", ".", ".", "\\.", "\\.", "\\\\.", "\\\\\\."]
        return name() + "".join(chance.pick(separators) + name() for _ in range(1 + chance.below(3)))

    def blob(most):
        return "".join(chance.pick(ATOMS) for _ in range(1 + chance.below(most)))

    return chance.pick([
        name, name, name, dotted, dotted, lambda: blob(4), lambda: blob(4), lambda: f'"{blob(3)}"', lambda: f"'{blob(2)}'",
        lambda: '"' + dotted().replace("\\", "\\\\") + '"', lambda: f"'{chance.pick(JSON_TEXTS)}'",
        lambda: f"'{chance.pick(JSON_TEXTS)}'", lambda: chance.pick(JSON_TEXTS), lambda: chance.pick(['"', "'", '""', "''", "", " "]),
    ])()  # fmt: skip


def wild_file(chance):
    def header():
        inner = chance.pick(["profile ", "", ""]) + wild_text(chance)
        whole = f"[{inner}]"
        odd = [f" {whole}", f"{whole} ", f"{whole} ; c", f"{whole}#c", f"{whole}]", whole[:-1], f"\ufeff{whole}", f"{whole}=x"]
        return whole if chance.hit(0.8) else chance.pick(odd)

    def line():
        if chance.hit(0.35):
            return header()
        if chance.hit(0.08):
            return chance.pick(["; c", "# c", " ;x", "\ufeff#x", "", "=", "=v", " =v", "\u0085;x"])
        if chance.hit(0.15):
            return wild_text(chance)
        key = wild_text(chance) + ("[]" if chance.hit(0.25) else "") + chance.pick(["", "", "", " ", "\t", "\u00a0", "\u0085"])
        return f"{key}={chance.pick(['', '', '', ' ', chr(0xFEFF)])}{wild_text(chance)}{chance.pick(['', '', '', ' ; c', chr(0x2028)])}"

    ends = ["\n", "\n", "\n", "\r\n", "\r", "\n\n", "\n\r"]
    return ("\ufeff" if chance.hit(0.05) else "") + "".join(line() + chance.pick(ends) for _ in range(1 + chance.below(12)))


# ---------------------------------------------------------------------------------------------------------------------
# Random lines that are special to some AWS tool, for the models of the tools. The models are compared exactly, so
# nothing is marked.

ROUGH_BLANKS = [" ", " ", " ", "\t", "  ", "\u00a0", "\u3000", "\u0085", "\v", "\f", "\u001c", "\u001f", "\ufeff", "\u2028", "\u200b"]
ROUGH_WORDS = [
    "a", "b", "c", "a b", "a.b", "a\\.b", "a\\b", "a\\", '"a"', "'a'", '"a', "a'b'c", '"a b"', "' a'", '"a\\"b"', '"a\\x"', "a#b", "a;b",
    "a]", "a]b", "[a", "a=b", "a:b", "m\u00fcller", "\u0130x", "default", "DEFAULT", "Default", "__proto__", "'__proto__'", "constructor",
    "toString", "", "\"\"", "1", "x" * 70, "a@b", "a+b", "a%b", "a/b", "a,b", "a\u200bb",
]  # fmt: skip
ROUGH_KEYS = ["k", "k", "x", "Region", "region", "s3", "s3", "a.b", "s3.x", "__proto__", "constructor", "\u0130", "\u00c9", "k k", "[k", "[]", '"k"', "", "k]"]
ROUGH_VALUES = [
    "v", "v", "v w", "", "", " ", "v # c", "v ;c", "v#c", "# c", ";c", "v\u00a0# c", "a = b", "a: b", "= b", ": b", '"q"', "'", "v\\", "[v]", "]",
    "v\rw", "v\r", "\r", "v\u0085", "\u2028v", "v\u2028 ;c", "v\u001c", "a\fb = c", "a\u0085b=c", "\ufeff", "__proto__", "%(k)s",
]  # fmt: skip


def rough_file(chance, kind):
    blank = lambda: chance.pick(ROUGH_BLANKS)
    some = lambda: blank() if chance.hit(0.1) else ""

    def header():
        prefix = chance.pick(["profile"] * 6 + ["sso-session", "services", "profiles", "Profile", "my-profile", "profile-x", "plugins"])
        word = chance.pick(ROUGH_WORDS) if chance.hit(0.4) else chance.pick("abc")
        inner = f"{prefix}{chance.pick([' '] * 6 + ['', '.', blank()])}{word}" if chance.hit(0.85 if kind == "config" else 0.15) else word
        whole = f"[{some()}{inner}{some()}]"
        after = chance.pick([""] * 8 + [" ", "\t", " # c", " ;c", "#c", ";c", " c", "]", " ]", " # ]", "\u00a0", "\r", "=x", " = x", "\ufeff"])
        before = chance.pick([""] * 10 + [" ", "\t", "  ", "\u00a0", "\ufeff", "\v"])
        return before + (whole if chance.hit(0.96) else whole[:-1]) + after

    def key():
        indent = chance.pick([""] * 7 + [" ", "  ", "\t", "    ", "\u00a0", "\u001c"])
        separator = chance.pick([" = ", " = ", "=", "=", "= ", " =", ":", ": ", "", "\u00a0=\u00a0"])
        return f"{indent}{some()}{chance.pick(ROUGH_KEYS)}{separator}{chance.pick(ROUGH_VALUES)}{some()}"

    def line():
        if chance.hit(0.3):
            return header()
        if chance.hit(0.12):
            return chance.pick(["", "", " ", "\t", "# c", ";c", " # c", "  ;c", "\u00a0#c", "\u001c", "\u0085", "\ufeff", "\ufeff# c", "[", "]", "[]", "[]]"])
        return key()

    # Files with only bad lines would hide errors, so most lines of most files are good.
    good = chance.pick([0.2, 0.6, 0.9])

    def better():
        if not chance.hit(good):
            return line()
        name = chance.pick("abcdefgh")
        plain = f"profile {name}" if kind == "config" else name
        return chance.pick([f"[{plain}]", f"k{chance.below(40)} = v", f"k{chance.below(40)} = v", f"b{chance.below(20)} =", "  x = y", "  y = z", ""])

    ends = ["\n"] * 12 + ["\r\n", "\r\n", "\r", "\n\n", "\r\r\n", "\n\r"]
    text = "".join(better() + chance.pick(ends) for _ in range(1 + chance.below(14)))
    start = chance.pick([""] * 20 + ["\ufeff"]) + ("" if chance.hit(0.1) else f"[{'profile z' if kind == 'config' else 'z'}]\n")
    return start + (text if chance.hit(0.8) else text.rstrip("\r\n"))


# ---------------------------------------------------------------------------------------------------------------------


def rendered(file, other):
    """The file's text, and its marks with line numbers as in an editor."""
    lines = [(None, line) for line in file.before]
    for section in file.sections:
        lines += [(section, line) for line in [section.header, *section.lines]]
    marks = list(file.marks)
    text = file.start
    for index, (section, line) in enumerate(lines):
        number = 1 + text.count("\n")
        last = index == len(lines) - 1
        ends = [end for end in (line.end, file.end) if end is not None and last]
        text += line.text + (ends[0] if ends else file.end_of_line)
        for mark in line.marks:
            marks.append({**mark, "line": number, "at": (section, line)})
    return text, [plain_mark(mark, file, other) for mark in marks]


def plain_mark(mark, file, other):
    """A mark in its final form. `whole` is only known after all features are applied."""
    section, line = mark.pop("at", (None, None))
    whole = mark.pop("whole", None)
    names, keys = set(mark.pop("names", ())), set(mark.pop("keys", ()))
    if section:
        names |= section.names
    if whole in ("section", "leak"):
        keys |= section.keys()
    previous = file.previous(section) if whole == "leak" else None
    if previous:
        # The end of the section before, because lines may be added to its last value.
        names |= previous.names
        keys |= {line.key for line in previous.lines[-4:] if line.key}
    if whole == "rest":
        keys |= {later.key for later in section.lines[section.lines.index(line) :] if later.key}
    if whole == "file":
        keys |= {key for section in file.sections for key in section.keys()}
        names |= {name for section in file.sections for name in section.names}
    if whole == "names":
        names |= {name for f in (file, other) for section in f.sections for name in section.names}
    return {**mark, "file": file.kind, "names": sorted(names), "keys": sorted(keys)}


def structured(chance, number):
    config, credentials = plain_files(chance)
    used = []
    if chance.hit(0.62):
        deck = [name for name, (_, weight) in FEATURES.items() for _ in range(weight)]
        for name in dict.fromkeys(chance.sample(deck, chance.pick([1, 1, 1, 2, 2, 3]))):
            FEATURES[name][0](chance, config, credentials)
            used.append(name)
    (config_text, marks), (credentials_text, more) = rendered(config, credentials), rendered(credentials, config)
    # A credentials file without content is sometimes missing and sometimes empty.
    absent = not credentials_text and chance.hit(0.8)
    return {
        "id": f"case-{number:04}",
        "features": used,
        "config": config_text,
        "credentials": None if absent else credentials_text,
        "marks": marks + more,
    }


def wild(chance, number):
    text = wild_file(chance)
    pair = {"config": text, "credentials": None} if chance.hit(0.65) else {"config": None, "credentials": text}
    return {"id": f"wild-{number:04}", "features": ["wild"], "marks": [], **pair}


def rough(chance, number):
    pair = {kind: rough_file(chance, kind) if chance.hit(0.7) else None for kind in ("config", "credentials")}
    return {"id": f"rough-{number:04}", "features": ["rough"], "marks": [], **pair}


def cases(seed=SEED):
    # One generator per case, so that a change to one feature does not affect the other cases.
    yield from (structured(Chance(f"{seed} {number}"), number) for number in range(CASES))
    yield from (wild(Chance(f"{seed} wild {number}"), number) for number in range(WILD))
    yield from (rough(Chance(f"{seed} rough {number}"), number) for number in range(ROUGH))
