//! A daemon that always says the same: one device, one entry, one person. Asked to write an entry with the name of a reason
//! as its title, it refuses for that reason.

use std::io::Write as _;
use std::path::Path;
use std::pin::Pin;
use std::process::{Command, Output, Stdio};
use std::thread;

use haven_api::convert::draft::find_exercise;
use haven_api::convert::exercise::to_pb;
use haven_api::error::{ApiError, ErrorReason};
use haven_api::language::ACCEPT_LANGUAGE;
use haven_api::pb;
use haven_api::pb::alarm_service_server::{AlarmService, AlarmServiceServer};
use haven_api::pb::device_service_server::{DeviceService, DeviceServiceServer};
use haven_api::pb::draft_service_server::{DraftService, DraftServiceServer};
use haven_api::pb::journal_service_server::{JournalService, JournalServiceServer};
use haven_api::pb::people_service_server::{PeopleService, PeopleServiceServer};
use haven_api::pb::practice_service_server::{PracticeService, PracticeServiceServer};
use haven_api::pb::settings_service_server::{SettingsService, SettingsServiceServer};
use haven_api::pb::support_service_server::{SupportService, SupportServiceServer};
use haven_api::pb::vault_service_server::{VaultService, VaultServiceServer};
use haven_api::settings::APP_NAME;
use haven_api::unix::SOCKET;
use haven_core::content::Library;
use tempfile::TempDir;
use tokio::net::UnixListener;
use tokio_stream::wrappers::UnixListenerStream;
use tonic::{Request, Response, Status};

pub(crate) const ID: &str = "5638bba7f40fe90c2723b58b67d8ee19";
pub(crate) const VERSION: &str = "5237a9cf";
/// Under this name the entry has two versions that met.
pub(crate) const MET: &str = "5638bba";

/// The version before, with another word in its text.
pub(crate) const OLD_VERSION: &str = "0a11";

/// A folder with the daemon in it, for as long as this lives.
pub(crate) struct Daemon {
    home: TempDir,
    stop: Option<tokio::sync::oneshot::Sender<()>>,
    thread: Option<thread::JoinHandle<()>>,
}

impl Daemon {
    pub(crate) fn start() -> Self {
        Self::serving(tonic::transport::Server::builder().add_service(VaultServiceServer::new(Fake)))
    }

    /// One whose journal has removed it.
    pub(crate) fn start_removed() -> Self {
        Self::serving(tonic::transport::Server::builder().add_service(VaultServiceServer::new(Removed)))
    }

    fn serving(vault: tonic::transport::server::Router) -> Self {
        let home = tempfile::tempdir().unwrap();
        let (stop, stopped) = tokio::sync::oneshot::channel();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let listener = {
            let _inside = runtime.enter();
            UnixListener::bind(home.path().join(SOCKET)).unwrap()
        };
        let server = vault
            .add_service(JournalServiceServer::new(Fake))
            .add_service(DraftServiceServer::new(Fake))
            .add_service(DeviceServiceServer::new(Fake))
            .add_service(AlarmServiceServer::new(Fake))
            .add_service(SupportServiceServer::new(Fake))
            .add_service(PracticeServiceServer::with_interceptor(Fake, in_english))
            .add_service(SettingsServiceServer::new(Fake))
            .add_service(PeopleServiceServer::new(Fake))
            .serve_with_incoming_shutdown(UnixListenerStream::new(listener), async { drop(stopped.await) });
        let thread = thread::spawn(move || runtime.block_on(server).unwrap());
        Self { home, stop: Some(stop), thread: Some(thread) }
    }

    /// The folder.
    pub(crate) fn home(&self) -> &Path {
        self.home.path()
    }

    /// Runs `haven` beside it.
    pub(crate) fn run(&self, arguments: &[&str], input: &[u8]) -> Output {
        haven(self.home.path(), arguments, input)
    }

    /// Runs `haven` beside it at a terminal, typing what is given, and returns what both of its streams say.
    pub(crate) fn at_terminal(&self, arguments: &[&str], typed: &str) -> String {
        let line = [&[env!("CARGO_BIN_EXE_haven")], arguments].concat().join(" ");
        let mut child = Command::new("script")
            .args(["-qec", &line, "/dev/null"])
            .env_clear()
            .env("HAVEN_HOME", self.home())
            .env("XDG_RUNTIME_DIR", self.home())
            .env("TERM", "dumb")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(typed.as_bytes()).unwrap();
        String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap()
    }

    /// Writes a file into its folder, and gives its path.
    pub(crate) fn file(&self, name: &str, content: &str) -> String {
        let path = self.home.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, content).unwrap();
        path.to_str().unwrap().to_owned()
    }

    /// Runs `haven` beside it in a shell of another zone, and returns what it says on both of its streams.
    pub(crate) fn hears(&self, zone: &str, arguments: &[&str], input: &[u8]) -> String {
        let output = haven_in(zone, self.home.path(), arguments, input);
        String::from_utf8([output.stdout, output.stderr].concat()).unwrap()
    }

    /// Runs `haven` beside it, which must end well, and returns what it printed.
    pub(crate) fn says(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments, b"");
        assert!(output.status.success(), "{arguments:?}: {output:?}");
        String::from_utf8(output.stdout).unwrap()
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            thread.join().unwrap();
        }
    }
}

/// Runs `haven` in a folder.
pub(crate) fn haven(home: &Path, arguments: &[&str], input: &[u8]) -> Output {
    haven_in("UTC", home, arguments, input)
}

fn haven_in(zone: &str, home: &Path, arguments: &[&str], input: &[u8]) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_haven"))
        .args(arguments)
        .env("HAVEN_HOME", home)
        .env("XDG_RUNTIME_DIR", home)
        .env("TZ", zone)
        .env("LC_ALL", "C")
        // Without a real daemon on the PATH either.
        .env("PATH", "/nowhere")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // Whoever does not read to the end has said why.
    let _ = child.stdin.take().unwrap().write_all(input);
    child.wait_with_output().unwrap()
}

/// The exercise that the person added.
const CUSTOM: &str = "wait";

struct Fake;

type Answer<T> = Result<Response<T>, Status>;

fn answer<T>(message: T) -> Answer<T> {
    Ok(Response::new(message))
}

fn summary() -> pb::EntrySummary {
    pb::EntrySummary {
        id: ID.to_owned(),
        kind: pb::EntryKind::Note.into(),
        at: "1660-01-01".to_owned(),
        title: "Rain".to_owned(),
        tags: vec!["calm".to_owned()],
        people: vec![pb::PersonRef { id: "a1".repeat(16), name: "Ann".to_owned() }],
        modified_ms: 1_000,
        trashed_ms: None,
        exercise: None,
        opening: "It rained all day.".to_owned(),
        exercise_title: String::new(),
        met: false,
        met_sides: 0,
    }
}

fn version(name: &str) -> pb::EntryVersion {
    pb::EntryVersion { version: name.to_owned(), device: "Laptop".to_owned(), ..Default::default() }
}

/// One that met; the text differs.
fn side(name: &str) -> pb::EntryVersion {
    let text = pb::MetPart { kind: pb::MetPartKind::Text.into(), ..Default::default() };
    pb::EntryVersion { met_parts: vec![text], ..version(name) }
}

/// Writes a service's calls as functions of their requests.
macro_rules! calls {
    (fn $($call:ident($request:ident) -> $response:ident = $body:expr;)*) => {
        $(
            fn $call<'a, 'b>(
                &'a self,
                request: Request<pb::$request>,
            ) -> Pin<Box<dyn Future<Output = Answer<pb::$response>> + Send + 'b>>
            where
                'a: 'b,
                Self: 'b,
            {
                let body: fn(pb::$request) -> Answer<pb::$response> = $body;
                Box::pin(async move { body(request.into_inner()) })
            }
        )*
    };
}

fn no<Q, A>(_: Q) -> Answer<A> {
    Err(ApiError::new(ErrorReason::Unsupported, "not done").into())
}

impl VaultService for Fake {
    calls! { fn
        init(InitRequest) -> InitResponse = no;
        unlock(UnlockRequest) -> UnlockResponse = no;
        lock(LockRequest) -> LockResponse = |_| answer(pb::LockResponse {});
        check_passphrase(CheckPassphraseRequest) -> CheckPassphraseResponse = no;
        suggest_passphrase(SuggestPassphraseRequest) -> SuggestPassphraseResponse = no;
        change_passphrase(ChangePassphraseRequest) -> ChangePassphraseResponse = no;
        keep_open(KeepOpenRequest) -> KeepOpenResponse = no;
        get_status(GetStatusRequest) -> GetStatusResponse = |_| answer(status(2, ErrorReason::ServerUnreachable));
    }
}

/// A device that its journal has removed.
struct Removed;

impl VaultService for Removed {
    calls! { fn
        init(InitRequest) -> InitResponse = no;
        unlock(UnlockRequest) -> UnlockResponse = no;
        lock(LockRequest) -> LockResponse = no;
        check_passphrase(CheckPassphraseRequest) -> CheckPassphraseResponse = no;
        suggest_passphrase(SuggestPassphraseRequest) -> SuggestPassphraseResponse = no;
        change_passphrase(ChangePassphraseRequest) -> ChangePassphraseResponse = no;
        keep_open(KeepOpenRequest) -> KeepOpenResponse = no;
        get_status(GetStatusRequest) -> GetStatusResponse = |_| answer(status(0, ErrorReason::DeviceRemoved));
    }
}

fn status(pending: u64, problem: ErrorReason) -> pb::GetStatusResponse {
    let sync = pb::SyncStatus {
        state: pb::SyncState::Offline.into(),
        pending,
        server_url: "http://127.0.0.1:7460".to_owned(),
        synced_ms: None,
        problem: problem.into(),
    };
    pb::GetStatusResponse {
        status: Some(pb::Status {
            state: pb::VaultState::Unlocked.into(),
            device_name: "Laptop".to_owned(),
            device_id: "6c7bfbd4a2723442".to_owned(),
            entries: Some(1),
            sync: Some(sync),
            alarms: 0,
            drafts: 0,
            version: "0.1.0".to_owned(),
            waiting: 0,
            met: 1,
        }),
    }
}

impl DraftService for Fake {
    calls! { fn
        save_draft(SaveDraftRequest) -> SaveDraftResponse = |_| answer(pb::SaveDraftResponse { saved_ms: 0 });
        list_drafts(ListDraftsRequest) -> ListDraftsResponse = |_| answer(pb::ListDraftsResponse::default());
        get_draft(GetDraftRequest) -> GetDraftResponse = no;
        discard_draft(DiscardDraftRequest) -> DiscardDraftResponse = no;
        commit_draft(CommitDraftRequest) -> CommitDraftResponse = no;
        seal_draft(SealDraftRequest) -> SealDraftResponse = |request| {
            // As much waits as may, but for one text.
            let draft = request.saved.and_then(|saved| saved.draft).unwrap_or_default();
            match draft.text.as_str() {
                "to be sealed" => answer(pb::SealDraftResponse { id: ID.to_owned(), waiting: 2, problem: None }),
                _ => Err(ApiError::new(ErrorReason::Locked, "not saved").into()),
            }
        };
    }
}

impl AlarmService for Fake {
    calls! { fn
        list_alarms(ListAlarmsRequest) -> ListAlarmsResponse = |_| answer(pb::ListAlarmsResponse {
            alarms: vec![pb::Alarm {
                id: "00ff00ff00ff00ff".to_owned(),
                kind: "DEVICE_FORKED".to_owned(),
                since_ms: 0,
                device_name: "Phone".to_owned(),
                what: "it has two histories".to_owned(),
                why: "it was copied".to_owned(),
                next: "Use one of them.".to_owned(),
                at_terminal: String::new(),
                said_by: String::new(),
                count: 1,
            }],
        });
        resolve_alarm(ResolveAlarmRequest) -> ResolveAlarmResponse = |_| answer(pb::ResolveAlarmResponse {});
    }
}

impl SupportService for Fake {
    calls! { fn
        get_help(GetHelpRequest) -> GetHelpResponse = |request| answer(pb::GetHelpResponse {
            opening: vec!["Read slowly.".to_owned()],
            about_plan: "Your plan".to_owned(),
            plan: Some(plan()),
            locked: false,
            country: request.country.clone(),
            lines: vec![pb::Helpline {
                country: "US".to_owned(),
                name: "A line".to_owned(),
                kind: pb::HelplineKind::Crisis.into(),
                heading: "Someone to talk to".to_owned(),
                phone: "988".to_owned(),
                reach: "call 988".to_owned(),
                check: true,
                check_says: "check this number".to_owned(),
                ..Default::default()
            }],
            closing: vec![format!("Asked for {}.", request.country)],
            ..Default::default()
        });
        get_plan(GetPlanRequest) -> GetPlanResponse = |_| answer(pb::GetPlanResponse { plan: Some(plan()) });
        list_plan_lines(ListPlanLinesRequest) -> ListPlanLinesResponse = |_| answer(plan_lines());
        set_readable_lines(SetReadableLinesRequest) -> SetReadableLinesResponse = |request| {
            // It takes back without a word, and adds with one.
            let adds = request.lines.iter().any(|line| line.text != "Ann");
            if adds && !request.confirmed { no(request) } else { answer(pb::SetReadableLinesResponse {}) }
        };
    }
}

fn plan() -> pb::Plan {
    let part = |field: &str, label: &str, items: &[&str]| pb::PlanPart {
        field: field.to_owned(),
        label: label.to_owned(),
        items: items.iter().map(|item| (*item).to_owned()).collect(),
    };
    pb::Plan {
        entry_id: ID.to_owned(),
        modified_ms: 1_000,
        parts: vec![part("people", "Whom?", &["Ann", "Bert"]), part("reasons", "What for?", &["the dog"])],
        text: String::new(),
    }
}

/// The plan's lines, of which Ann's is readable.
fn plan_lines() -> pb::ListPlanLinesResponse {
    let lines = plan().parts.into_iter().flat_map(|part| {
        let pb::PlanPart { field, label, items } = part;
        items.into_iter().map(move |text| {
            let readable = text == "Ann";
            pb::PlanLine { field: field.clone(), label: label.clone(), text, readable }
        })
    });
    let warning = vec!["Anybody can read them.".to_owned(), "You can take them back.".to_owned()];
    pb::ListPlanLinesResponse { lines: lines.collect(), warning }
}

impl DeviceService for Fake {
    type WatchLinkStream = tokio_stream::Empty<Result<pb::WatchLinkResponse, Status>>;
    type JoinVaultStream = tokio_stream::Iter<std::vec::IntoIter<Result<pb::JoinVaultResponse, Status>>>;

    calls! { fn
        list_devices(ListDevicesRequest) -> ListDevicesResponse = |_| answer(pb::ListDevicesResponse {
            devices: vec![pb::Device {
                id: "6c7bfbd4a2723442".to_owned(),
                name: "Laptop".to_owned(),
                this: true,
                added_ms: Some(0),
                last_seen_ms: None,
                state: pb::DeviceState::Active.into(),
            }],
        });
        rename_device(RenameDeviceRequest) -> RenameDeviceResponse = |request| answer(pb::RenameDeviceResponse {
            device: Some(pb::Device {
                id: "6c7bfbd4a2723442".to_owned(),
                name: request.name,
                this: true,
                added_ms: None,
                last_seen_ms: None,
                state: pb::DeviceState::Active.into(),
            }),
        });
        start_link(StartLinkRequest) -> StartLinkResponse = |_| answer(pb::StartLinkResponse {
            code: "0000-1111".to_owned(),
            server_url: "http://s".to_owned(),
            expires_ms: 120_000,
            url: "haven-link:0000-1111@http://s".to_owned(),
        });
        confirm_link(ConfirmLinkRequest) -> ConfirmLinkResponse = no;
        confirm_join(ConfirmJoinRequest) -> ConfirmJoinResponse = |request| match request.words.trim() {
            "four five six" => answer(pb::ConfirmJoinResponse {}),
            words if words.contains("mistyped") => {
                Err(ApiError::new(ErrorReason::InvalidArgument, "not joined").into())
            }
            _ => Err(ApiError::new(ErrorReason::WrongWords, "not joined").into()),
        };
        cancel_link(CancelLinkRequest) -> CancelLinkResponse = no;
        remove_device(RemoveDeviceRequest) -> RemoveDeviceResponse = no;
    }

    fn watch_link<'a, 'b>(
        &'a self,
        _: Request<pb::WatchLinkRequest>,
    ) -> Pin<Box<dyn Future<Output = Answer<Self::WatchLinkStream>> + Send + 'b>>
    where
        'a: 'b,
        Self: 'b,
    {
        Box::pin(async { answer(tokio_stream::empty()) })
    }

    fn join_vault<'a, 'b>(
        &'a self,
        _: Request<pb::JoinVaultRequest>,
    ) -> Pin<Box<dyn Future<Output = Answer<Self::JoinVaultStream>> + Send + 'b>>
    where
        'a: 'b,
        Self: 'b,
    {
        use pb::join_vault_response::State;
        let states = [
            State::Connecting(pb::JoinConnecting {}),
            State::Words(pb::JoinWords { words: "three of them".to_owned() }),
            State::Comparing(pb::JoinComparing {}),
            State::Linked(pb::JoinLinked { vault: "v".to_owned(), device_id: "d".to_owned() }),
        ];
        let states: Vec<_> = states.map(|state| Ok(pb::JoinVaultResponse { state: Some(state) })).into();
        Box::pin(async { answer(tokio_stream::iter(states)) })
    }
}

/// The app has its neutral name.
impl SettingsService for Fake {
    calls! { fn
        list_settings(ListSettingsRequest) -> ListSettingsResponse = |request| match request.key.as_str() {
            APP_NAME => {
                let (key, value) = (request.key, "notes".to_owned());
                let setting = pb::Setting { key, value, is_default: true, options: Vec::new() };
                answer(pb::ListSettingsResponse { settings: vec![setting] })
            }
            _ => Err(ApiError::new(ErrorReason::Unsupported, "not done").into()),
        };
        set_setting(SetSettingRequest) -> SetSettingResponse = no;
    }
}

/// Refuses a call that does not say which language its person reads.
fn in_english(request: Request<()>) -> Result<Request<()>, Status> {
    let named = request.metadata().get(ACCEPT_LANGUAGE).map(|named| named.as_encoded_bytes());
    if named == Some(b"en") { Ok(request) } else { Err(Status::internal("no language was named")) }
}

/// The exercises of this release; one of them counts as added by the person.
impl PracticeService for Fake {
    calls! { fn
        list_exercises(ListExercisesRequest) -> ListExercisesResponse = no;
        get_exercise(GetExerciseRequest) -> GetExerciseResponse = |request| {
            let library = Library::built_in().unwrap();
            let wanted = pb::ExerciseRef { id: request.id, version: request.version };
            let is_custom = wanted.id == CUSTOM;
            let exercise = Some(to_pb(find_exercise(&wanted, &library)?, is_custom, "en", "112"));
            let definition = if request.with_definition { "id = 1\n".to_owned() } else { String::new() };
            answer(pb::GetExerciseResponse { exercise, definition })
        };
        check_exercise(CheckExerciseRequest) -> CheckExerciseResponse = |_| {
            let what = "it is there already".to_owned();
            let faults = vec![pb::Fault { what, ..pb::Fault::default() }];
            answer(pb::CheckExerciseResponse { faults, exercise: None, compared: true })
        };
        add_exercise(AddExerciseRequest) -> AddExerciseResponse = |_| {
            let fault = |line, what: &str| pb::Fault { line, what: what.to_owned(), next: "mend it".to_owned(), ..pb::Fault::default() };
            answer(pb::AddExerciseResponse { faults: vec![fault(4, "it has no end"), fault(7, "nor this")], exercise: None })
        };
        remove_exercise(RemoveExerciseRequest) -> RemoveExerciseResponse = |request| match request.id.as_str() {
            CUSTOM => answer(pb::RemoveExerciseResponse {}),
            _ => Err(ApiError::invalid("nothing was removed", "nobody added it").into()),
        };
    }
}

/// Ann is not safe to be open with, Bea is.
impl PeopleService for Fake {
    calls! { fn
        list_people(ListPeopleRequest) -> ListPeopleResponse = |_| {
            let person = |id: &str, name: &str, safe: &str| pb::Person {
                id: id.repeat(16),
                name: name.to_owned(),
                safe: safe.to_owned(),
                ..pb::Person::default()
            };
            let people = vec![person("a1", "Ann", "no"), person("b2", "Bea", "yes")];
            answer(pb::ListPeopleResponse { people })
        };
        add_person(AddPersonRequest) -> AddPersonResponse = |request| match (&*request.name, request.anew) {
            ("ann", false) => Err(ApiError::new(ErrorReason::ConfirmationNeeded, "nobody was added")
                .because("somebody has this name in other capitals")
                .with_candidates(["a1".repeat(16)])
                .into()),
            (name, _) => answer(pb::AddPersonResponse {
                person: Some(pb::Person { id: "c3".repeat(16), name: name.to_owned(), ..pb::Person::default() }),
                known: name == "Ann",
            }),
        };
        edit_person(EditPersonRequest) -> EditPersonResponse = |request| {
            // Whoever is near to a name that nobody has is told by their id.
            assert_eq!(request.person, "Anm");
            let near = ApiError::new(ErrorReason::NotFound, "there's no such person").with_candidates(["a1".repeat(16)]);
            Err(near.with_next("`haven people list` shows everyone.").into())
        };
        merge_people(MergePeopleRequest) -> MergePeopleResponse = no;
        forget_person(ForgetPersonRequest) -> ForgetPersonResponse = no;
    }
}

/// The id of the one entry; nothing else is known, and `locked` is as if the journal had been locked meanwhile.
fn known(id: &str) -> Result<String, Status> {
    match id {
        "locked" => Err(ApiError::new(ErrorReason::Locked, "not found").into()),
        id if id == "last" || ID.starts_with(id) => Ok(ID.to_owned()),
        _ => Err(ApiError::new(ErrorReason::NotFound, "no such entry").into()),
    }
}

/// Refuses for the reason that the title names; somebody or a tag called "when" is told the time it came with.
fn add(request: pb::AddEntryRequest) -> Answer<pb::AddEntryResponse> {
    let draft = request.draft.unwrap_or_default();
    if draft.tags.iter().chain(&draft.people).any(|named| named == "when") {
        return Err(ApiError::invalid("heard", draft.at).into());
    }
    match ErrorReason::from_str_name(&format!("ERROR_REASON_{}", draft.title)) {
        Some(reason) => Err(ApiError::new(reason, "not saved").into()),
        None => {
            answer(pb::AddEntryResponse { id: ID.to_owned(), version: VERSION.to_owned(), complete: true })
        }
    }
}

impl JournalService for Fake {
    type ExportEntriesStream =
        tokio_stream::Iter<std::vec::IntoIter<Result<pb::ExportEntriesResponse, Status>>>;

    calls! { fn
        add_entry(AddEntryRequest) -> AddEntryResponse = add;
        list_feelings(ListFeelingsRequest) -> ListFeelingsResponse = no;
        list_days(ListDaysRequest) -> ListDaysResponse = no;
        render_text(RenderTextRequest) -> RenderTextResponse = no;
        edit_entry(EditEntryRequest) -> EditEntryResponse = |request| {
            let version = VERSION.to_owned();
            known(&request.id).and_then(|id| answer(pb::EditEntryResponse { id, version, unchanged: false }))
        };
        get_entry(GetEntryRequest) -> GetEntryResponse = |request| known(&request.id).and_then(|_| {
            let text = match &request.version[..] {
                OLD_VERSION => "rain\nall night",
                "0b22" => "sleet\nall night",
                met if met.starts_with("5237b") => "sun",
                _ => "rain\nall day",
            };
            answer(pb::GetEntryResponse {
                entry: Some(pb::Entry {
                    summary: Some(summary()),
                    text: text.to_owned(),
                    answers: Default::default(),
                    created_ms: 0,
                    version: VERSION.to_owned(),
                }),
                answers_read: Vec::new(),
                prose: None,
                met: if request.id == MET { ["5237aaaa11", "5237bbbb22"].map(side).into() } else { Vec::new() },
            })
        });
        list_entries(ListEntriesRequest) -> ListEntriesResponse = |request| {
            // It answers a filter by days with the days in the title.
            let filter = request.filter.unwrap_or_default();
            if filter.tags == ["Calm"] {
                let near_tags = vec!["calm".to_owned()];
                return answer(pb::ListEntriesResponse { near_tags, ..pb::ListEntriesResponse::default() });
            }
            if filter.feelings == ["sda"] && filter.exercise == "name-itt" {
                let (near_exercises, near_feelings) = (vec!["name-it".to_owned()], vec!["sad".to_owned()]);
                let nothing = pb::ListEntriesResponse::default();
                return answer(pb::ListEntriesResponse { near_exercises, near_feelings, ..nothing });
            }
            let (after, before) = (filter.after, filter.before);
            let dated = || pb::EntrySummary { title: format!("{after} to {before}"), ..summary() };
            let entry = if after.is_empty() && before.is_empty() { summary() } else { dated() };
            answer(pb::ListEntriesResponse { entries: vec![entry], total: 1, ..pb::ListEntriesResponse::default() })
        };
        search_entries(SearchEntriesRequest) -> SearchEntriesResponse = |_| {
            let part = |text: &str, hit| pb::SnippetPart { text: text.to_owned(), hit };
            let snippet = vec![part("some ", false), part("rain", true)];
            let hits = vec![pb::SearchHit { entry: Some(summary()), snippet }];
            answer(pb::SearchEntriesResponse { hits, total: 1, ..pb::SearchEntriesResponse::default() })
        };
        list_tags(ListTagsRequest) -> ListTagsResponse = |_| {
            let tag = |tag: &str, entries| pb::TagCount { tag: tag.to_owned(), entries };
            answer(pb::ListTagsResponse { tags: vec![tag("calm", 2), tag("tea", 1)] })
        };
        list_history(ListHistoryRequest) -> ListHistoryResponse = |request| {
            let on = |base: &str, name| pb::EntryVersion { base_version: base.to_owned(), ..version(name) };
            let mut versions = vec![on(OLD_VERSION, VERSION), version(OLD_VERSION)];
            if request.id == MET {
                versions.insert(1, on(OLD_VERSION, "0b22"));
            }
            answer(pb::ListHistoryResponse { versions })
        };
        compare_versions(CompareVersionsRequest) -> CompareVersionsResponse = no;
        restore_version(RestoreVersionRequest) -> RestoreVersionResponse = no;
        settle_entry(SettleEntryRequest) -> SettleEntryResponse = |request| {
            let trashed = request.keep == Some(pb::settle_entry_request::Keep::Version("5237b".to_owned()));
            let (id, version) = (known(&request.id)?, VERSION.to_owned());
            answer(pb::SettleEntryResponse { id, version, trashed })
        };
        trash_entry(TrashEntryRequest) -> TrashEntryResponse = |request| {
            known(&request.id).and_then(|id| answer(pb::TrashEntryResponse { id }))
        };
        untrash_entry(UntrashEntryRequest) -> UntrashEntryResponse = no;
        import_entries(ImportEntriesRequest) -> ImportEntriesResponse = |request| {
            let failed = |line: &pb::ImportLine| match &line.content[..] {
                br#"{"bad":1}"# => Some(pb::FailedLine { number: line.number, reason: "no JSON".to_owned() }),
                br#"{"where":1}"# => Some(pb::FailedLine { number: line.number, reason: request.zone.clone() }),
                _ => None,
            };
            let failed: Vec<_> = request.lines.iter().filter_map(failed).collect();
            let imported = u32::try_from(request.lines.len() - failed.len()).unwrap();
            let unused = vec![pb::UnusedKey { key: "mood".to_owned(), lines: 1 }];
            let unused = if imported == 3 { unused } else { vec![] };
            answer(pb::ImportEntriesResponse { imported, failed, unused, ..Default::default() })
        };
    }

    fn export_entries<'a, 'b>(
        &'a self,
        _: Request<pb::ExportEntriesRequest>,
    ) -> Pin<Box<dyn Future<Output = Answer<Self::ExportEntriesStream>> + Send + 'b>>
    where
        'a: 'b,
        Self: 'b,
    {
        let page = pb::ExportFile { name: "page.md".to_owned(), content: "a page".to_owned() };
        let line = pb::ExportEntriesResponse { lines: vec!["{}".to_owned()], files: vec![page] };
        let locked = ApiError::new(ErrorReason::Locked, "the export stopped");
        Box::pin(async { answer(tokio_stream::iter(vec![Ok(line), Err(locked.into())])) })
    }
}
