use crate::cli::context::Context;
use crate::cli::output::note;
use crate::policy::Category;
use crate::policy::amplify::{ActionList, Selection, is_in_minimal};

pub(crate) fn selection(category: &[Category], managed: bool) -> Selection {
    Selection { categories: category.to_vec(), list: if managed { ActionList::Managed } else { ActionList::Minimal } }
}

/// Notes categories that the minimal list does not have.
pub(crate) fn note_gaps(context: &Context, selection: &Selection) {
    let gaps = selection.categories.iter().filter(|category| !is_in_minimal(**category));
    let gaps: Vec<_> = gaps.map(|category| category.name()).collect();
    if selection.list == ActionList::Minimal && !gaps.is_empty() {
        note(context, &format!("the minimal list has nothing for {}: taken from the managed policy", gaps.join(", ")));
    }
}
