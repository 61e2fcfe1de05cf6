//! Every limit of the journal, each with its reason.
//!
//! Limits protect the person's other devices: whatever one device accepts, all of them must load, search and show.

/// The longest title, in characters. A title is one line in a list; a paragraph belongs in the text.
pub const TITLE_CHARS_MAX: usize = 500;

/// The longest text or long answer, in bytes. Five times a long novel chapter, and still cheap to fold, diff and show.
pub const TEXT_BYTES_MAX: usize = 256 * 1024;

/// All words of one entry together, in bytes. With history and sealing it must stay far below the 4 MiB inflate cap of a record.
pub const ENTRY_BYTES_MAX: usize = 512 * 1024;

/// All words of one draft together, in bytes. A draft is where too much goes, so that none of it is lost: eight times what an
/// entry's text may have. It stays on the device that it was written on, and twice as much still fits a message of the API.
pub const DRAFT_BYTES_MAX: usize = 2 * 1024 * 1024;

/// The most tags on one entry. More is a word list, and tags are listed whole.
pub const TAGS_MAX: usize = 64;

/// The longest tag, in characters. A tag is a label that must fit on a phone.
pub const TAG_CHARS_MAX: usize = 64;

/// The most people on one entry. A crowd is described in the text.
pub const PEOPLE_MAX: usize = 64;

/// The longest name of a person, in characters. Long enough for every full name, short enough to list.
pub const NAME_CHARS_MAX: usize = 100;

/// The longest name of a time zone, in bytes. The longest IANA name has 32; the rest is room.
pub const ZONE_BYTES_MAX: usize = 64;

/// The longest time, in bytes, before it is even parsed. A full RFC 9557 time with a zone stays under 120.
pub const TIME_BYTES_MAX: usize = 160;

/// The most answers in one entry. Twice the fields of the largest exercise we can imagine a person finishing.
pub const ANSWERS_MAX: usize = 128;

/// The longest id of a field, in bytes. Ids are written by hand and stored in every entry.
pub const FIELD_ID_BYTES_MAX: usize = 40;

/// The most items in a list, choices in a multi or feelings in an answer. Beyond this a list is not answered but pasted.
pub const ANSWER_ITEMS_MAX: usize = 100;

/// The longest item of a list, in characters, where the exercise asks for nothing smaller.
pub const ITEM_CHARS_MAX: usize = 2_000;

/// The longest short text answer, in characters, where the exercise asks for nothing smaller.
pub const SHORT_TEXT_CHARS_MAX: usize = 4_000;

/// The longest name of a feeling, in characters. It is one word or two.
pub const FEELING_CHARS_MAX: usize = 64;

/// The most faults told about one set of answers. Nobody reads more before correcting the first.
pub const FAULTS_MAX: usize = 20;

/// The longest duration an answer may hold, in seconds: thirty days, longer than anything a timer or a person counts.
pub const DURATION_SECONDS_MAX: u32 = 30 * 24 * 60 * 60;

/// The longest definition of an exercise or a measure, in bytes. Our exercises need a fifth of it, and the longest
/// questionnaires in use stay under a half; a larger one is not a form any more.
pub const DEFINITION_BYTES_MAX: usize = 64 * 1024;

/// The most fields of an exercise. Nobody answers more in one sitting.
pub const EXERCISE_FIELDS_MAX: usize = 64;

/// The most options of a choice. More cannot be read before choosing.
pub const OPTIONS_MAX: usize = 40;

/// The longest text in a definition, in characters. It has to fit on one screen of a phone.
pub const LABEL_CHARS_MAX: usize = 2_000;

/// The longest planned duration of an exercise, in minutes. Two hours without a pause is too long for anybody.
pub const MINUTES_MAX: u32 = 120;

/// The latest moment a later question may wait for, in hours: a year. After that it is another exercise.
pub const DELAY_HOURS_MAX: u32 = 366 * 24;

/// The farthest end of a scale, either way. It keeps sums and differences of a lifetime of answers within 64 bits.
pub const SCALE_ABS_MAX: i32 = 1_000_000;

/// The most items of a measure. With the questions that no score counts they stay within the answers of one entry.
pub const MEASURE_ITEMS_MAX: usize = 100;

/// The most questions of a measure that no score counts.
pub const MEASURE_EXTRAS_MAX: usize = 10;

/// The most scores of a measure. More is not a result but a table.
pub const SUBSCALES_MAX: usize = 20;

/// The longest time between two times of a measure, in days: a year.
pub const INTERVAL_DAYS_MAX: u32 = 366;

/// The greatest stretch or shift of a score. Percent is the largest that anybody uses.
pub const TRANSFORM_ABS_MAX: i32 = 1_000;

/// How many times each limit of an entry an export may hold: as many devices as anybody has may each have gone up to it.
pub const EXPORTED_TIMES: usize = 8;

/// How many bytes of JSON one byte of a text becomes at most: a control character is written as \u0001.
pub const JSON_TIMES: usize = 6;

/// One line of an import, in bytes, so that whatever an export writes comes back: what an entry shows, what was there before,
/// and every side of edits that met, each side as long as an entry may be, all of it escaped; and as much as one more entry for
/// its keys, its tags and its people. Only an entry that is as large takes as much memory.
pub const IMPORT_LINE_BYTES_MAX: usize =
    (EXPORTED_TIMES + 1 + MET_SIDES_MAX + 1) * JSON_TIMES * ENTRY_BYTES_MAX;

/// One page of Markdown, in bytes. Front matter may escape every byte of the answers into six, and shows them again.
pub const PAGE_BYTES_MAX: usize = 8 * ENTRY_BYTES_MAX;

/// The longest search, in bytes. Far more than anybody types; it bounds what one search may cost.
pub const QUERY_BYTES_MAX: usize = 1_024;

/// The most terms and filters in one search. Each term is one scan over the whole journal.
pub const QUERY_TERMS_MAX: usize = 32;

/// The most entries one page of a list or a search returns. One screen needs 20; this bounds an answer's memory.
pub const LIST_LIMIT_MAX: usize = 1_000;

/// The most characters of an entry's first line that a list shows for a missing title: one line of a terminal beside the rest.
pub const OPENING_CHARS_MAX: usize = 80;

/// How much of a text is read for its first line in plain words, in characters: marks and empty lines before it fit many times over.
pub const OPENING_READ_CHARS: usize = 1_000;

/// The length of a snippet, in characters: about two lines of a terminal.
pub const SNIPPET_CHARS: usize = 160;

/// The longest file of helplines, in bytes: every country there is with three lines each, and a half again.
pub const HELPLINES_BYTES_MAX: usize = 256 * 1024;

/// The most helplines in a file: every country there is with four lines each.
pub const HELPLINES_MAX: usize = 1_000;

/// The longest name, hours or other words of a helpline, in characters: one line of a phone.
pub const HELPLINE_CHARS_MAX: usize = 80;

/// The most digits of a number to call, as E.164 has it.
pub const PHONE_DIGITS_MAX: usize = 15;

/// The longest text of a reminder, in characters: calendars show one line of it.
pub const REMINDER_CHARS_MAX: usize = 200;

/// The file of the lines that stay readable while the journal is locked, in bytes: a whole plan of the longest lines takes 55
/// thousand, and whoever asks for help reads it at once.
pub const READABLE_BYTES_MAX: usize = 64 * 1024;

/// The most lines that stay readable: all of a plan, which has at most 61, and room for questions of later releases.
pub const READABLE_LINES_MAX: usize = 100;

/// The most sides of one entry that are told where edits met. More than a few do not occur; the history holds every version.
pub const MET_SIDES_MAX: usize = 32;

/// The most quotes and lists round a word that are told apart where a text is shown: what a phone has room for. Beyond that the words
/// stand where they would. As messages it is far less than the 100 that readers of them allow.
pub const PROSE_LEVELS_MAX: usize = 8;
