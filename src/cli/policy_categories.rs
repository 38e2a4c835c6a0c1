//! Selects the actions that `policy amplify` prints and `check --for amplify` simulates.

use crate::amplify::gen2;
use crate::cli::args::policy::{CategoryArg, GenerationArg};
use crate::cli::context::Context;
use crate::cli::errors::failure::{Failure, USAGE};
use crate::cli::output::note;
use crate::cli::selection::project_categories;
use crate::os::env;
use crate::policy::Category;
use crate::policy::amplify::{ActionList, Selection, is_in_minimal};

pub(crate) struct ActionOptions<'o> {
    pub(crate) generation: Option<GenerationArg>,
    pub(crate) category: &'o [CategoryArg],
    pub(crate) documented: bool,
    pub(crate) managed: bool,
    pub(crate) bootstrap: bool,
}

pub(crate) fn selection(context: &Context, options: &ActionOptions<'_>) -> Result<Selection, Failure> {
    let ActionOptions { generation, category, documented, managed, bootstrap } = options;
    let of_gen1 = [("--category", !category.is_empty()), ("--documented", *documented), ("--managed", *managed)];
    let of_gen1 = of_gen1.into_iter().find(|(_, is_given)| *is_given).map(|(option, _)| option);
    let list = match (generation, of_gen1) {
        (Some(GenerationArg::Two), Some(option)) => {
            let message = format!("{option} cannot be used with --gen 2");
            return Err(Failure::new(USAGE, message).hint("it applies only to the Amplify CLI (Gen 1)"));
        }
        (Some(GenerationArg::One), _) if *bootstrap => {
            return Err(Failure::new(USAGE, "--bootstrap cannot be used with --gen 1"));
        }
        (_, None) if *bootstrap => ActionList::Bootstrap,
        (Some(GenerationArg::Two), None) => ActionList::Gen2,
        (None, None) if env::current_directory().is_some_and(|directory| gen2::is_around(&directory)) => {
            note(
                context,
                "this is a Gen 2 project, so the actions are those of ampx and cdk (--gen 1: of the Amplify CLI)",
            );
            ActionList::Gen2
        }
        _ if *documented => ActionList::Documented,
        _ if *managed => ActionList::Managed,
        _ => ActionList::Minimal,
    };
    let categories = if category.is_empty() && list == ActionList::Minimal {
        project_categories(context).map(|names| of_project(&names)).unwrap_or_default()
    } else {
        named(category)
    };
    Ok(Selection { categories, list })
}

/// Empty for all.
pub(crate) fn named(args: &[CategoryArg]) -> Vec<Category> {
    let one = |category: &CategoryArg| match category {
        CategoryArg::All => None,
        CategoryArg::One(category) => Some(*category),
    };
    args.iter().map(one).collect::<Option<_>>().unwrap_or_default()
}

/// Deployment, and the categories with these names.
fn of_project(names: &[String]) -> Vec<Category> {
    let is_used =
        |category: &Category| *category == Category::Deployment || names.iter().any(|name| name == category.name());
    Category::ALL.into_iter().filter(is_used).collect()
}

/// Notes which categories come from the project, and which are missing in the documentation's list.
pub(crate) fn note_categories(context: &Context, selection: &Selection, is_asked_for: bool) {
    if selection.list != ActionList::Minimal {
        return;
    }
    let names = |categories: &[Category]| categories.iter().map(|one| one.name()).collect::<Vec<_>>().join(", ");
    if !selection.categories.is_empty() && !is_asked_for {
        let names = names(&selection.categories);
        note(
            context,
            &format!("using the categories of the Amplify project: {names} (--category all: every category)"),
        );
    }
    let gaps: Vec<_> = selection.wanted().into_iter().filter(|category| !is_in_minimal(*category)).collect();
    if !gaps.is_empty() {
        let names = names(&gaps);
        note(context, &format!("the documentation lists no actions for {names}, so they come from the managed policy"));
    }
}
