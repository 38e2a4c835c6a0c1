//! Edits many sections of a file in time that grows with the file, not with its square.

use std::collections::BTreeMap;

use zeroize::Zeroizing;

use crate::profile_file::auto;
use crate::profile_file::document::{EditError, ProfileDocument};
use crate::profile_file::lines::{BYTE_ORDER_MARK, Lines};
use crate::profile_file::sections::FileKind;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SectionEdit {
    Set(Vec<(&'static str, String)>),
    Remove,
}

/// The keys are the lines of the headers. Each section is edited as a document of its own that ends with the next
/// header, because an edit of a [`ProfileDocument`] reads the whole text.
pub fn edit_sections(
    kind: FileKind,
    text: &str,
    edits: &BTreeMap<u32, SectionEdit>,
) -> Result<Zeroizing<String>, EditError> {
    let reading = auto::read(kind, text);
    let mut headers: Vec<_> = reading.sections.iter().map(|section| section.line).collect();
    headers.extend(reading.broken.iter().map(|broken| broken.line));
    headers.sort_unstable();
    // A lone `\r` starts no line here.
    let mut starts: Vec<_> = Lines::resume(text, 0, 1).map(|line| line.start).collect();
    starts.push(text.len());
    let start_of = |line: u32| starts.get(line as usize - 1).copied().unwrap_or(text.len());
    let mut edited = Zeroizing::new(String::with_capacity(text.len() + 1024));
    let mut at = 0;
    for (line, edit) in edits {
        let next = headers.get(headers.partition_point(|header| header <= line)).copied();
        let (start, end) = (start_of(*line), next.map_or(text.len(), start_of));
        if *line == 1 && text.starts_with(BYTE_ORDER_MARK) {
            return Err(EditError::Disputed(1));
        }
        let next_header = &text[end..next.map_or(end, |next| start_of(next + 1))];
        let mut section = ProfileDocument::new(kind, &text[start..end + next_header.len()]);
        apply(&mut section, edit).map_err(|error| on_line(error, *line))?;
        let new = section.text().strip_suffix(next_header).ok_or(EditError::Disputed(*line))?;
        edited.push_str(&text[at..start]);
        edited.push_str(new);
        at = end;
    }
    edited.push_str(&text[at..]);
    Ok(edited)
}

fn apply(section: &mut ProfileDocument, edit: &SectionEdit) -> Result<(), EditError> {
    match edit {
        SectionEdit::Set(properties) => properties.iter().try_for_each(|(key, value)| section.set(1, key, value)),
        SectionEdit::Remove => section.remove_section(1),
    }
}

fn on_line(error: EditError, line: u32) -> EditError {
    match error {
        EditError::NoSection(_) => EditError::NoSection(line),
        EditError::Disputed(_) => EditError::Disputed(line),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edited(text: &str, edits: &[(u32, SectionEdit)]) -> Result<String, EditError> {
        edit_sections(FileKind::Config, text, &edits.iter().cloned().collect()).map(|text| text.to_string())
    }

    fn region(value: &str) -> SectionEdit {
        SectionEdit::Set(vec![("region", value.to_owned())])
    }

    #[test]
    fn sections_are_edited_like_one_by_one() {
        let texts = [
            "# top\n[profile a]\nregion = x # why\n\n# b\n[profile b]\noutput = json\n\n[profile c]\nregion=y\n",
            "[profile a]\r\nregion = x\r\n[profile b]\r\n\r\n[profile c]\r\nregion = y",
            "[profile a]\nregion =\n  x\n[profile b]\n# end\n[profile c]\n\n\n# last",
        ];
        for text in texts {
            let lines =
                ProfileDocument::new(FileKind::Config, text).sections().iter().map(|it| it.line).collect::<Vec<_>>();
            let edits = [(lines[0], region("new")), (lines[1], SectionEdit::Remove), (lines[2], region("z"))];
            let mut document = ProfileDocument::new(FileKind::Config, text);
            document.set(lines[2], "region", "z").unwrap();
            document.remove_section(lines[1]).unwrap();
            document.set(lines[0], "region", "new").unwrap();
            assert_eq!(edited(text, &edits).as_deref(), Ok(document.text()), "{text:?}");
        }
    }

    #[test]
    fn last_section_is_removed_without_the_blank_line_before() {
        let text = "[profile a]\nregion = x\n\n[profile b]\nregion = y\n";
        assert_eq!(edited(text, &[(4, SectionEdit::Remove)]).as_deref(), Ok("[profile a]\nregion = x\n\n"));
    }

    #[test]
    fn disputed_section_is_not_edited() {
        for (text, line) in [
            ("\u{feff}[profile a]\nregion = x\n", 1),
            ("# x\n[profile a] # y\nregion = x\n", 2),
            ("# x\n[profile a]\n\n  [profile b]\n", 2),
            ("# x\n[profile a]\nregion = x\r# y\n", 2),
        ] {
            assert_eq!(edited(text, &[(line, region("z"))]), Err(EditError::Disputed(line)), "{text:?}");
        }
        assert_eq!(edited("# x\n[profile a]\n", &[(1, region("z"))]), Err(EditError::NoSection(1)));
    }
}
