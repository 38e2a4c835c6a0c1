//! Which categories and which list of actions `policy amplify` and `check --for amplify` ask for.

use crate::cli::args::policy::CategoryArg;
use crate::cli::context::Context;
use crate::cli::errors::failure::Failure;
use crate::cli::output::note;
use crate::cli::selection;
use crate::policy::Category;
use crate::policy::amplify::{ActionList, Selection, is_in_minimal};

/// Without `--category`, the categories of the Amplify project around the current directory, if it has any.
pub(crate) fn selection(context: &Context, args: &[CategoryArg], list: ActionList) -> Result<Selection, Failure> {
    let categories = if args.is_empty() && list != ActionList::Documented {
        let of_project = selection::categories(context)?;
        if !of_project.is_empty() {
            let names: Vec<_> = of_project.iter().map(|category| category.name()).collect();
            note(context, &format!("categories of the Amplify project: {} (--category all for all)", names.join(", ")));
        }
        of_project
    } else {
        named(args)
    };
    let selection = Selection { categories, list };
    for (action, evidence) in selection.observed() {
        context.info(|| format!("{action}: needed by the Amplify CLI {evidence}"));
    }
    Ok(selection)
}

/// Empty for all.
pub(crate) fn named(args: &[CategoryArg]) -> Vec<Category> {
    let category = |arg: &CategoryArg| match arg {
        CategoryArg::All => None,
        CategoryArg::One(category) => Some(*category),
    };
    args.iter().map(category).collect::<Option<_>>().unwrap_or_default()
}

/// Notes categories that the minimal list does not have.
pub(crate) fn note_gaps(context: &Context, selection: &Selection) {
    let gaps = selection.categories.iter().filter(|category| !is_in_minimal(**category));
    let gaps: Vec<_> = gaps.map(|category| category.name()).collect();
    if selection.list == ActionList::Minimal && !gaps.is_empty() {
        note(context, &format!("the minimal list has nothing for {}: taken from the managed policy", gaps.join(", ")));
    }
}
