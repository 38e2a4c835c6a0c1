"""The known differences between the tools and our readers, one table per tool: tag -> rows. The run fails if no case
needs a row, so that outdated rows are detected.

A row explains one kind of difference, and only if a mark of its tag names the line, the profile or the key:
  OursRejects   `--dialect aws` rejects the file at the marked line, as the AWS SDK for Rust does; the tool does not.
  ToolRejects   the tool rejects the file with this error; `--dialect aws` does not.
  Profile       the marked profile, or the keys of the marked section, exist on only one side.
  Key           the marked key differs, and `fits(ours, theirs, mark)` checks how (None = absent).
"""

import re
from dataclasses import dataclass
from typing import Callable

# The characters that Python's str.strip and JavaScript's String.prototype.trim remove. Our reader removes only space
# and tab.
JAVASCRIPT_BLANKS = " \t\n\v\f\r\u00a0\u1680\u2028\u2029\u202f\u205f\u3000\ufeff" + "".join(map(chr, range(0x2000, 0x200B)))


@dataclass(frozen=True)
class OursRejects:
    reason: str


@dataclass(frozen=True)
class ToolRejects:
    reason: str
    error: str


@dataclass(frozen=True)
class Profile:
    reason: str


@dataclass(frozen=True)
class Key:
    reason: str
    fits: Callable


def is_text(*values):
    return all(isinstance(value, str) for value in values)


def without_comment(value):
    """Cuts a value like the SDKs: before a `#` or `;` that follows white space, including the white space after `=`."""
    return re.split(r"\s[#;]", " " + value)[0].strip(" \t")


def comment_cut(ours, theirs, mark):
    if not is_text(ours, theirs):
        return False
    (mine, *more), (other, *behind) = ours.split("\n"), theirs.split("\n")
    return mine.strip() == without_comment(other).strip() and kept(more) == kept(behind)


def kept(lines):
    """The lines of a value without those that one side drops: comments and blank lines."""
    return [line for line in lines if line and line[0] not in "#;"]


def no_blank_lines(ours, theirs, mark):
    return is_text(ours, theirs) and ours == "\n".join(filter(None, theirs.split("\n")))


def no_comment_lines(ours, theirs, mark):
    """Our reader keeps an indented comment as a line of the value."""
    return is_text(ours, theirs) and kept(ours.split("\n")[1:]) == kept(theirs.split("\n")[1:])


def python_stripped(ours, theirs, mark):
    return is_text(ours, theirs) and "\n".join(line.strip() for line in ours.split("\n")) == theirs


def javascript_stripped(ours, theirs, mark):
    # In that loader, a value of only such characters starts a block, so the key is absent.
    return is_text(ours) and ours.split("\n")[0].strip(JAVASCRIPT_BLANKS) == (theirs or "")


def only_theirs(ours, theirs, mark):
    return ours is None


def only_ours(ours, theirs, mark):
    return theirs is None


def empty(ours, theirs, mark):
    return ours == ""


def one_side_only(ours, theirs, mark):
    return ours is None or theirs is None


def leaked(ours, theirs, mark):
    return theirs is not None and theirs == mark["values"].get(mark["key"])


def first_line_only(ours, theirs, mark):
    """The next line is a separate property in the tool, but not in our reader."""
    return ours is None or (is_text(ours) and ours.split("\n")[0].strip(JAVASCRIPT_BLANKS) == theirs)


def first_line_only_in_python(ours, theirs, mark):
    return ours is None or (is_text(ours, theirs) and ours.split("\r")[0].strip() == theirs.split("\n")[0])


def anything(ours, theirs, mark):
    return True


AWS_NAMES = "only letters, digits and _-/.%@:+ make a name in the cross-SDK grammar; other sections are ignored"
AT_COMMENT = "a header ends at the first # or ; in the cross-SDK grammar, and must have its ] before that"
BLANK_SET = "white space at the ends of a value is space and tab in the cross-SDK grammar; the tool strips Unicode's"
INHERITED = "a name that every JavaScript object inherits is not taken for the tool's own key"

BOTOCORE = {
    "inline-comment": [Key("configparser knows no inline comments", comment_cut)],
    "empty-value": [Key("as inline-comment, where the comment is all there is", comment_cut)],
    "duplicate-key": [ToolRejects("configparser is strict", "DuplicateOptionError")],
    "duplicate-section": [ToolRejects("configparser is strict", "DuplicateSectionError")],
    "two-spellings": [Profile("sections of different text and one name: the later replaces the earlier, nothing merges")],
    "quoted-name": [Profile("headers are split as a shell does, quotes and all")],
    "odd-name": [Profile(AWS_NAMES)],
    "wholly-quoted": [Profile("a credentials header is a name as it stands")],
    "spaced-name": [Profile("a credentials header is a name as it stands")],
    "padded-header": [Profile("blanks inside the brackets are part of the section's text")],
    "colon-for-equals": [OursRejects("configparser takes : for =")],
    "colon-before-equals": [Key("configparser splits at the first of : and =", one_side_only)],
    "first-indented": [OursRejects("an indented line must continue a property in the cross-SDK grammar")],
    "blank-in-value": [Key("configparser keeps empty lines inside a value", no_blank_lines)],
    "indented-comment": [
        OursRejects("an indented comment is no comment in the cross-SDK grammar, and continues nothing here"),
        Key("an indented comment is a line of the value in the cross-SDK grammar", no_comment_lines),
    ],
    "default-magic": [
        Profile("[DEFAULT] is no section to configparser"),
        Key("its keys are in every section of the file", leaked),
    ],
    "both-defaults": [Profile("of [default] and [profile default] the later replaces the earlier")],
    "prefix-in-credentials": [Profile("a credentials header is a name as it stands")],
    "text-after-header": [OursRejects("configparser does not look behind the ]")],
    "mark-in-header": [OursRejects(AT_COMMENT)],
    "escaped-mark": [OursRejects(AT_COMMENT)],
    "bracket-in-comment": [Profile("configparser's header goes to the last ] of the line")],
    "indented-header": [
        OursRejects("an indented line must continue a property in the cross-SDK grammar"),
        Profile("an indented header is a header unless it is deeper than a property above it"),
        ToolRejects("where it is none, the properties below it are of the section above", "DuplicateOptionError"),
    ],
    "backslash-name": [Profile("headers are split as a shell does, backslashes and all; in credentials they stand")],
    "prefix-lookalike": [Profile("anything that begins with `profile` is a prefix")],
    "empty-header": [
        ToolRejects("no header without text", "ParsingError"),
        ToolRejects("no header without text, so the properties below are of the section above", "DuplicateOptionError"),
        ToolRejects("no header without text, so no section yet", "MissingSectionHeaderError"),
    ],
    "lone-cr": [
        ToolRejects("Python ends a line at a lone CR", "ParsingError"),
        Key("Python ends a line at a lone CR", first_line_only_in_python),
    ],
    "only-cr": [
        OursRejects("Python ends a line at a lone CR, the cross-SDK grammar does not"),
        Profile("and then all of the file may be the comment behind the first header"),
    ],
    "bracket-for-key": [OursRejects("what begins with [ is a header in the cross-SDK grammar, not so here")],
    "cr-at-end": [Key("the cross-SDK grammar keeps a CR that no LF follows", python_stripped)],
    "unicode-blank": [Key(BLANK_SET, python_stripped)],
    "odd-key": [Key(AWS_NAMES, only_theirs)],
    "line-separator-in-block": [
        ToolRejects("blocks are split with str.splitlines, which knows more line ends", "ValueError"),
        Key("blocks are split with str.splitlines, which knows more line ends", anything),
    ],
}

JAVASCRIPT = {
    "comment-in-block": [Key("comments are cut off inside blocks, too", anything)],
    "continuation": [Key("an indented line is a property of its own, or nothing", first_line_only)],
    "indented-comment": [
        OursRejects("an indented comment is no comment in the cross-SDK grammar, and continues nothing here"),
        Key("an indented comment is a line of the value in the cross-SDK grammar", first_line_only),
    ],
    "key-case": [Key("keys keep their case, so credentials' Region is not config's region", anything)],
    "empty-value": [Key("an empty value starts a block and changes no key", empty)],
    "empty-in-block": [Key("an empty value starts a block, inside a block, too", one_side_only)],
    "quoted-name": [Profile("simple names may stand in quotes")],
    "wholly-quoted": [Profile("in credentials, what is no name with a prefix is a name as it stands")],
    "odd-name": [Profile("in credentials, what is no name with a prefix is a name as it stands")],
    "spaced-name": [Profile("in credentials, what is no name with a prefix is a name as it stands")],
    "padded-header": [Profile("blanks inside the brackets are part of the section's text")],
    "two-blanks": [Profile("exactly one white space stands between prefix and name")],
    "unicode-blank-in-header": [Profile("any white space may stand between prefix and name")],
    "backslash-name": [Profile("in credentials, what is no name with a prefix is a name as it stands")],
    "prefix-in-credentials": [Profile("[profile X] is profile.X in credentials")],
    "dot-for-blank": [Profile("sections are kept as PREFIX.NAME, so [profile.X] is [profile X]")],
    "empty-header": [Profile("the cross-SDK grammar has nothing against an empty name")],
    "comment-touches-bracket": [Profile("a comment needs white space before it, or the line is no header")],
    "indented-header": [
        OursRejects("an indented line must continue a property in the cross-SDK grammar"),
        Profile("an indented header is a header"),
    ],
    "colon-for-equals": [OursRejects("a line that is neither header nor property is passed over")],
    "colon-before-equals": [Key(AWS_NAMES, only_theirs)],
    "bracket-for-key": [OursRejects("what begins with [ is a header in the cross-SDK grammar, not so here")],
    "bracket-in-continuation": [Key("an indented [text] is a header", only_ours)],
    "proto-key": [Key("__proto__ is no key of an object", only_ours)],
    "no-equals": [OursRejects("a line that is neither header nor property is passed over")],
    "no-equals-in-block": [OursRejects("a line that is neither header nor property is passed over")],
    "no-key": [OursRejects("a line that is neither header nor property is passed over")],
    "before-first-section": [OursRejects("lines before the first header are passed over")],
    "header-not-closed": [OursRejects("a line that is neither header nor property is passed over")],
    "text-after-header": [OursRejects("a line that is neither header nor property is passed over")],
    "mark-in-header": [OursRejects(AT_COMMENT)],
    "escaped-mark": [OursRejects(AT_COMMENT)],
    "byte-order-mark": [OursRejects("a byte order mark is white space to JavaScript")],
    "first-indented": [OursRejects("an indented line must continue a property in the cross-SDK grammar")],
    "only-cr": [OursRejects("a file without LF is one line, which is passed over here")],
    "lone-cr": [Key("white space at the ends of a value is more than space and tab", javascript_stripped)],
    "cr-at-end": [Key("the cross-SDK grammar keeps a CR that no LF follows", javascript_stripped)],
    "unicode-blank": [Key(BLANK_SET, javascript_stripped)],
    "odd-key": [Key(AWS_NAMES, only_theirs)],
    "inherited-name": [Profile(INHERITED)],
    "proto-loses-file": [Profile("the loader throws at [__proto__] and sees nothing of the file")],
    "empty-prefixed-default": [Profile("a section without keys is not there, so it hides no other [default]")],
}

AMPLIFY = {
    "inherited-name": [Profile(INHERITED), Key(INHERITED, anything)],
}

# `auto` lists every name that a tool reads. Only a single tool's bug creates these names.
AUTO = {
    "backslash-name": [Profile("the escape is undone, so the name is the one without it")],
    "escaped-mark": [Profile("the escape is undone, so the name is the one without it")],
    "dot-for-blank": [Profile("only the JavaScript loader's way of keeping sections makes it a name")],
    "empty-header": [Profile("nothing is no name")],
    "indented-header": [Profile("deeper than a property it continues that; only the JavaScript loader sees a header")],
    "wholly-quoted": [Profile("the quotes are no part of the name")],
    "only-cr": [Profile("a lone CR ends no line, as in the cross-SDK grammar")],
    "padded-header": [Profile("the blanks are no part of the name")],
    "prefix-in-credentials": [Profile("the prefix of another kind of section; profile.X is the loader's way of keeping it")],
    "prefix-lookalike": [Profile("only botocore takes [profiles X] for a profile")],
}
