//! Measures: asking, adding up, looking back.

mod asking;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use haven_api::definition::{Check, Checked};
use haven_api::measures::{Item, Measure, MeasureResult, MeasureSummary, Score};
use haven_core::answers::{ExerciseId, Value, ValueMap};
use haven_core::measure::Verdict;
use haven_core::progress::verdict;
use haven_core::sentence::shown;
use serde::Serialize;

use super::definitions::{self, Summary};
use super::done::{KEPT, done_in_words};
use super::support::{self, Reads};
use crate::args::MeasureCommand;
use crate::ask;
use crate::cx::{Cx, Haven, print};
use crate::fault::{Exit, Fault};
use crate::limits::ID_SHOWN;
use crate::shapes::MeasureSummaryShape;
use crate::text::{Style, wrapped};

/// Why the card is shown, to somebody who did not ask for it. It does not repeat the question: others may look on.
const WHY_SUPPORT: &str = "This is shown because of your last answer. Nobody has been told of it.";

/// What stands over the numbers that come last where an answer called for support, so that they are not what scrolls away.
const SUPPORT_STAYS: &str = "You can call at any time; `haven help-now` shows this again.";

pub(super) async fn run(cx: &Cx, command: MeasureCommand) -> Result<Exit, Fault> {
    match command {
        MeasureCommand::List => list(cx).await?,
        MeasureCommand::Show { id, toml: true, .. } => {
            let definition = cx.haven().await?.measure_definition(&id).await?;
            definitions::print(cx, id.as_str(), &definition)?;
        }
        MeasureCommand::Show { id, person, .. } => show(cx, &id, person.as_deref()).await?,
        MeasureCommand::Check { file } => return check(cx, &file).await,
        MeasureCommand::Add { file } => return add(cx, &file).await,
        MeasureCommand::Remove { id, yes } => remove(cx, &id, yes).await?,
        MeasureCommand::Do { id, person, answers, plain } => {
            go(cx, &id, person.as_deref(), answers.as_deref(), plain).await?;
        }
        MeasureCommand::History { id, person } => history(cx, &id, person.as_deref()).await?,
    }
    Ok(Exit::Done)
}

async fn list(cx: &Cx) -> Result<(), Fault> {
    let measures = cx.device().await?.measures().await?;
    cx.tell_all(measures.iter().map(MeasureSummaryShape::of), |style| {
        let of = |wanted: &dyn Fn(&MeasureSummary) -> bool| -> String {
            measures.iter().filter(|it| wanted(it)).map(|it| summary(it, style)).collect()
        };
        let offered = of(&|it| !it.custom && !it.on_request && !it.scorer_only);
        let on_request = of(&|it| !it.custom && it.on_request && !it.scorer_only);
        let scorers = of(&|it| !it.custom && it.scorer_only);
        let custom = of(&|it| it.custom);
        let custom = match custom.as_str() {
            "" => custom,
            _ => format!("\nAdded by you; Haven didn't check where they come from:\n{custom}"),
        };
        format!(
            "{offered}\nOnly if you want them; nothing will suggest them:\n{on_request}\n\
             If you have the printed form (numbered boxes only):\n{scorers}{custom}\n\
             None of them is needed. Scores are worked out from your answers; they don't tell you what you have.\n"
        )
    })
}

fn summary(measure: &MeasureSummary, style: Style) -> String {
    let mut about = vec![format!("{} questions, {} min", measure.items, measure.minutes)];
    if measure.about_person {
        about.push("about someone, or people in general".to_owned());
    }
    if !measure.validated {
        about.push("not validated".to_owned());
    }
    about.extend(measure.custom.then(|| "yours".to_owned()));
    let id = measure.measure.id.as_str();
    format!("{id:<20}  {}  {}\n", style.bold(&measure.title), style.faint(&about.join(", ")))
}

#[derive(Serialize)]
struct MeasureShape<'a> {
    #[serde(flatten)]
    summary: MeasureSummaryShape<'a>,
    stem: &'a str,
    scale: ScaleShape<'a>,
    questions: Vec<ItemShape<'a>>,
    extras: Vec<ExtraShape<'a>>,
    notice: &'a str,
    advice: &'a str,
    /// What has to be said of one that the person added.
    #[serde(skip_serializing_if = "str::is_empty")]
    origin: &'a str,
}

#[derive(Serialize)]
struct ScaleShape<'a> {
    min: i32,
    max: i32,
    anchors: BTreeMap<i32, &'a str>,
}

#[derive(Serialize)]
struct ItemShape<'a> {
    id: &'a str,
    text: Option<&'a str>,
    declinable: bool,
}

impl<'a> ItemShape<'a> {
    fn of(item: &'a Item) -> Self {
        let text = Some(item.text.as_str()).filter(|text| !text.is_empty());
        Self { id: &item.id, text, declinable: item.declinable }
    }
}

#[derive(Serialize)]
struct ExtraShape<'a> {
    id: &'a str,
    text: &'a str,
    options: Vec<&'a str>,
}

async fn show(cx: &Cx, id: &ExerciseId, person: Option<&str>) -> Result<(), Fault> {
    // What a measure asks can be read while the journal is locked; whom it may name cannot.
    let haven = if person.is_some() { cx.haven().await? } else { cx.device().await? };
    let measure = haven.measure(id, person).await?;
    if !cx.json {
        return cx.page(&wrapped(&in_words(&measure, cx.style), cx.style.columns));
    }
    let extras = measure.extras.iter().map(|extra| ExtraShape {
        id: &extra.id,
        text: &extra.text,
        options: extra.options.iter().map(|option| option.id.as_str()).collect(),
    });
    let anchors = measure.anchors.iter().map(|(at, label)| (*at, label.as_str())).collect();
    cx.line(&MeasureShape {
        summary: MeasureSummaryShape::of(&measure.summary),
        stem: &measure.stem,
        scale: ScaleShape { min: measure.range.0, max: measure.range.1, anchors },
        questions: measure.items.iter().map(ItemShape::of).collect(),
        extras: extras.collect(),
        notice: &measure.notice,
        advice: &measure.advice,
        origin: &measure.origin,
    })
}

fn in_words(measure: &Measure, style: Style) -> String {
    let mut words = summary(&measure.summary, style);
    for paragraph in [&measure.summary.purpose, &measure.origin, &measure.advice, &measure.stem] {
        if !paragraph.is_empty() {
            let _ = write!(words, "\n{paragraph}\n");
        }
    }
    let _ = write!(words, "\n{}\n\n", scale(measure.range, &measure.anchors));
    for (index, item) in measure.items.iter().enumerate() {
        let text = if item.text.is_empty() { "(on your printed form)" } else { &item.text };
        let _ = writeln!(words, "{:>3}  {}", index + 1, style.words(text));
    }
    for extra in &measure.extras {
        let _ = writeln!(words, "\n     {}", extra.text);
    }
    let _ = write!(words, "\n{}\n", style.faint(&measure.notice));
    words
}

/// The scale in a line: its ends and every point that has a name.
fn scale((min, max): (i32, i32), anchors: &[(i32, String)]) -> String {
    let named: Vec<String> = anchors.iter().map(|(at, label)| format!("{at} {label}")).collect();
    if named.is_empty() { format!("Answer from {min} to {max}.") } else { named.join(" · ") }
}

impl Summary for MeasureSummary {
    type Shape<'a> = MeasureSummaryShape<'a>;
    const IS_MEASURE: bool = true;

    fn shape(&self) -> MeasureSummaryShape<'_> {
        MeasureSummaryShape::of(self)
    }

    fn words(&self, style: Style) -> String {
        summary(self, style)
    }

    fn is_custom(&self) -> bool {
        self.custom
    }
}

async fn check(cx: &Cx, file: &Path) -> Result<Exit, Fault> {
    let beside = async |haven: Haven, definition| haven.check_measure(definition).await;
    definitions::check(cx, file, beside, Check::measure_alone).await
}

/// Adds a measure; a definition with faults is not kept.
async fn add(cx: &Cx, file: &Path) -> Result<Exit, Fault> {
    let definition = ask::text(file)?;
    let haven = cx.haven().await?;
    let added = haven.add_measure(definition).await?;
    let exit = definitions::tell_added(cx, file, &added)?;
    if let Checked::Usable(summary) = &added {
        cx.note(&haven.measure(&summary.measure.id, None).await?.origin);
    }
    Ok(exit)
}

async fn remove(cx: &Cx, id: &ExerciseId, yes: bool) -> Result<(), Fault> {
    let haven = cx.haven().await?;
    let shown = haven.measure(id, None).await.map(|measure| measure.summary);
    definitions::agree_to_remove(cx, yes, shown).await?;
    haven.remove_measure(id).await?;
    cx.note("It won't be offered any more, and its results stay; `haven measure add FILE` brings it back.");
    Ok(())
}

async fn go(
    cx: &Cx,
    id: &ExerciseId,
    person: Option<&str>,
    file: Option<&Path>,
    plain: bool,
) -> Result<(), Fault> {
    let done = match file {
        Some(file) => {
            let work = async |text: &str| {
                let haven = cx.haven().await?;
                let measure = haven.measure(id, person).await?;
                let answers = sheet(&measure, text)?;
                Ok(haven.answer_measure(id, person, answers, None).await?)
            };
            Some((super::writing::with_answers(cx, file, id.as_str(), work).await?, None))
        }
        None if cx.asks => asking::go(cx, id, person, plain).await?,
        None => {
            return Err(Fault::usage(
                "the measure wasn't answered",
                "there's no terminal to ask in",
                "Pass --answers FILE, or run this in a terminal.",
            ));
        }
    };
    let Some((result, shown)) = done else {
        cx.note("Nothing was answered, so there's no entry.");
        return Ok(());
    };
    if result.support && !cx.json && shown.is_none() {
        // Before any score, and nobody has to answer it.
        print(&format!("{WHY_SUPPORT}\n{}\n", support::on_the_way(cx, "", Reads::AtShell).await))?;
    }
    let last = || shown.unwrap_or_else(|| support::last(cx));
    let stays = if result.support { format!("\n{SUPPORT_STAYS}\n{}", last()) } else { String::new() };
    cx.tell(&ResultShape::kept(&result), |style| format!("{}{stays}", told(&result, style)))
}

/// Reads a sheet: an array in the order of the items, or an object by their ids.
fn sheet(measure: &Measure, text: &str) -> Result<ValueMap, Fault> {
    let unfit = |why: String| {
        let next = format!(
            "Write an array of {} answers in the order of the questions, null for one left out.",
            measure.items.len()
        );
        Fault::usage("the answers can't be read", why, next)
    };
    let read: serde_json::Value = serde_json::from_str(text)
        .map_err(|error| unfit(format!("no JSON at line {}, column {}", error.line(), error.column())))?;
    match read {
        serde_json::Value::Object(named) => Ok(named.into_iter().map(|(id, it)| (id, it.into())).collect()),
        serde_json::Value::Array(answers) if answers.len() == measure.items.len() => {
            let items = measure.items.iter().map(|item| item.id.clone());
            Ok(items.zip(answers.into_iter().map(Value::from)).collect())
        }
        serde_json::Value::Array(answers) => {
            Err(unfit(format!("there are {} answers to {} questions", answers.len(), measure.items.len())))
        }
        _ => Err(unfit("it's neither an array nor an object".to_owned())),
    }
}

#[derive(Serialize)]
struct ResultShape<'a> {
    id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    person: Option<String>,
    scores: BTreeMap<&'a str, Option<f64>>,
    bands: BTreeMap<&'a str, &'a str>,
    support: bool,
    change: BTreeMap<&'a str, &'static str>,
}

impl<'a> ResultShape<'a> {
    fn kept(result: &'a MeasureResult) -> Self {
        let scores = &result.scores;
        let band = |score: &'a Score| Some((score.name.as_str(), score.band.as_deref()?));
        let change = |score: &'a Score| Some((score.name.as_str(), verdict(score.change?)));
        Self {
            id: result.entry.to_string(),
            at: None,
            person: None,
            scores: scores.iter().map(|score| (score.name.as_str(), score.number)).collect(),
            bands: scores.iter().filter_map(band).collect(),
            support: result.support,
            change: scores.iter().filter_map(change).collect(),
        }
    }

    fn dated(result: &'a MeasureResult) -> Self {
        let person = result.person.map(|person| person.to_string());
        Self { at: Some(result.date.to_string()), person, ..Self::kept(result) }
    }
}

/// A result as a person reads it.
fn told(result: &MeasureResult, style: Style) -> String {
    // A pipe has never read the id here; it asks for JSON.
    let id = if style.terminal { result.entry.to_string() } else { String::new() };
    let kept = if id.is_empty() { format!("{KEPT}\n") } else { done_in_words(KEPT, &id, style) };
    let mut words = format!("{kept}\n");
    for score in &result.scores {
        let number = score.number.map_or_else(|| "–".to_owned(), shown);
        let _ = writeln!(words, "{}  {number}", style.bold(&score.label));
        for sentence in &score.says {
            let _ = writeln!(words, "  {sentence}");
        }
        if let Some(change) = score.change {
            let _ = writeln!(words, "  Since the last time: {}.", change_in_words(change));
        }
    }
    for sentence in &result.says {
        let _ = write!(words, "\n{}\n", style.faint(sentence));
    }
    words
}

fn change_in_words(change: Verdict) -> &'static str {
    match change {
        Verdict::MoreThanChance => "changed more than chance",
        Verdict::NotClearly => "not clearly changed",
        Verdict::CannotTell => "we can't tell whether it changed",
        Verdict::TooSoon => "answering again so soon can't tell you more",
    }
}

async fn history(cx: &Cx, id: &ExerciseId, person: Option<&str>) -> Result<(), Fault> {
    let haven = cx.haven().await?;
    let results = haven.results(id, person).await?;
    let people = haven.people().await?;
    if results.is_empty() {
        let about = person.map(|person| format!(" about {}", cx.style.line(person))).unwrap_or_default();
        cx.nothing(&format!("Not answered{about} yet. Answer it with `haven measure do {id}`."));
    }
    cx.tell_all(results.iter().map(ResultShape::dated), |style| {
        let name = |result: &MeasureResult| {
            let person = people.iter().find(|person| Some(person.id) == result.person)?;
            Some(format!("  @{}", style.line(person.name.as_str())))
        };
        let lines = results.iter().map(|result| {
            let scores: Vec<String> = result.scores.iter().map(score_in_line).collect();
            let entry = style.faint(&result.entry.to_string()[..ID_SHOWN]);
            let name = name(result).unwrap_or_default();
            format!("{entry}  {}  {}{name}\n", result.date, scores.join(", "))
        });
        lines.collect()
    })
}

fn score_in_line(score: &Score) -> String {
    let number = score.number.map_or_else(|| "–".to_owned(), shown);
    let change = score.change.map(|change| format!(" ({})", change_in_words(change))).unwrap_or_default();
    format!("{} {number}{change}", score.label)
}
