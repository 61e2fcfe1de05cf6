//! What each choice between edits that met does, in words.

use haven_api::journal::EntryVersion;
use haven_core::meeting::{MetPart, Part};

/// What keeping one version does. The one that is shown already changes nothing.
pub(super) fn effect_of_one(side: &EntryVersion, is_shown: bool) -> String {
    let trash = side.parts.iter().find(|it| it.part == Part::Trash);
    if is_shown {
        let kept = trash.filter(|it| !it.takes_away).map_or("", |_| ", out of the trash");
        return format!("leaves it as you see it above{kept}");
    }
    let is_from_there = |it: &&MetPart| !it.takes_away && it.part != Part::Trash;
    let taken = listed(side.parts.iter().filter(is_from_there).map(|it| match it.part {
        Part::Title => "that title",
        Part::Time => "that date",
        Part::Answer(_) => "those answers",
        Part::Text | Part::Trash => "that text",
    }));
    let mut effects = Vec::new();
    effects.extend((!taken.is_empty()).then(|| format!("takes {taken}")));
    let is_gone = |it: &MetPart| it.takes_away && it.part != Part::Trash;
    effects.extend(side.parts.iter().any(is_gone).then(|| "takes away what is missing there".to_owned()));
    effects.extend(trash.map(|it| match it.takes_away {
        true => "puts the entry into the trash".to_owned(),
        false => "keeps it out of the trash".to_owned(),
    }));
    listed(effects.iter().map(String::as_str))
}

/// What keeping all versions does.
pub(super) fn effect_of_all(sides: &[EntryVersion]) -> String {
    let parts = || sides.iter().flat_map(|side| &side.parts);
    let writing = |part: &Part| parts().filter(|it| it.part == *part && !it.takes_away).count();
    let is_there = |part: &Part| parts().any(|it| it.part == *part);
    let all = if sides.len() > 2 { "all" } else { "both" };
    let mut effects = Vec::new();
    if writing(&Part::Text) > 1 {
        effects.push(format!("keeps {all} texts, one after the other where they differ"));
    } else if is_there(&Part::Text) {
        effects.push("keeps all that was changed in the text, and takes nothing away".to_owned());
    }
    effects.extend(is_there(&Part::Title).then(|| format!("puts {all} titles side by side")));
    effects.extend(is_there(&Part::Time).then(|| "keeps the date above".to_owned()));
    if parts().any(|it| matches!(it.part, Part::Answer(_))) {
        effects.push("keeps answers in your own words one after the other, and others as above".to_owned());
    }
    effects.extend(is_there(&Part::Trash).then(|| "keeps the entry out of the trash".to_owned()));
    listed(effects.iter().map(String::as_str))
}

/// What to edit instead of choosing; `None` where editing settles nothing.
pub(super) fn to_edit(sides: &[EntryVersion]) -> Option<String> {
    let is_there = |part: &Part| sides.iter().flat_map(|side| &side.parts).any(|it| it.part == *part);
    let named = [(Part::Text, "text"), (Part::Title, "title"), (Part::Time, "date")];
    let parts: Vec<&str> = named.iter().filter(|(part, _)| is_there(part)).map(|(_, name)| *name).collect();
    if parts.is_empty() {
        let or = "Or go on writing in it: then it stays, on all your devices.";
        return is_there(&Part::Trash).then(|| or.to_owned());
    }
    let parts = listed(parts.into_iter());
    Some(format!("Or edit its {parts}: what you write then stands, on all your devices."))
}

/// Several things in a sentence, each once.
fn listed<'a>(things: impl Iterator<Item = &'a str>) -> String {
    let mut said: Vec<&str> = Vec::new();
    things.for_each(|thing| {
        if !said.contains(&thing) {
            said.push(thing);
        }
    });
    match said.split_last() {
        None => String::new(),
        Some((last, [])) => (*last).to_owned(),
        Some((last, others)) => format!("{} and {last}", others.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use haven_core::time::Timestamp;

    use super::*;

    fn side(parts: &[(Part, bool)]) -> EntryVersion {
        let parts =
            parts.iter().map(|(part, takes_away)| MetPart { part: part.clone(), takes_away: *takes_away });
        EntryVersion {
            version: String::new(),
            at: Timestamp::from_millis(0),
            device: String::new(),
            base: None,
            parts: parts.collect(),
        }
    }

    fn check(sides: &[&[(Part, bool)]], effects: &[&str], all: &str, edit: Option<&str>) {
        let sides: Vec<_> = sides.iter().map(|parts| side(parts)).collect();
        let told: Vec<_> = sides.iter().enumerate().map(|(at, side)| effect_of_one(side, at == 0)).collect();
        assert_eq!(told, effects);
        assert_eq!(effect_of_all(&sides), all);
        assert_eq!(to_edit(&sides).as_deref(), edit);
    }

    #[test]
    fn every_choice_says_what_it_does() {
        let above = "leaves it as you see it above";
        let text = |takes_away| [(Part::Text, takes_away)];
        check(
            &[&text(false), &text(false)],
            &[above, "takes that text"],
            "keeps both texts, one after the other where they differ",
            Some("Or edit its text: what you write then stands, on all your devices."),
        );
        check(
            &[&text(false), &text(true)],
            &[above, "takes away what is missing there"],
            "keeps all that was changed in the text, and takes nothing away",
            Some("Or edit its text: what you write then stands, on all your devices."),
        );
        check(
            &[&[(Part::Trash, false)], &[(Part::Trash, true)]],
            &["leaves it as you see it above, out of the trash", "puts the entry into the trash"],
            "keeps the entry out of the trash",
            Some("Or go on writing in it: then it stays, on all your devices."),
        );
        let mine = [(Part::Text, false), (Part::Title, false), (Part::Trash, false)];
        check(
            &[&mine, &mine, &[(Part::Trash, true)]],
            &[
                "leaves it as you see it above, out of the trash",
                "takes that text and that title and keeps it out of the trash",
                "puts the entry into the trash",
            ],
            "keeps all texts, one after the other where they differ, puts all titles side by side and keeps the entry out of \
             the trash",
            Some("Or edit its text and title: what you write then stands, on all your devices."),
        );
        let answers = [(Part::Answer("a".to_owned()), false), (Part::Answer("b".to_owned()), false)];
        check(
            &[&answers, &[answers[0].clone(), (Part::Time, false)]],
            &[above, "takes those answers and that date"],
            "keeps the date above and keeps answers in your own words one after the other, and others as above",
            Some("Or edit its date: what you write then stands, on all your devices."),
        );
    }
}
