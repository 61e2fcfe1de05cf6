//! What the fictional person writes. Small things of small days; nobody real, and no kind of person.

/// Days in a few sentences.
pub(super) const DAYS: [&str; 12] = [
    "Rain until noon. I repotted the basil, and it looked offended for an hour and then recovered.",
    "The tram stood still for twenty minutes, and nobody said a word until a child began to count the windows.",
    "Made soup for two days. Too much pepper, and it was good all the same.",
    "Long walk by the canal. The heron was on its post again, as if it were paid by the hour.",
    "A slow day at the workshop. I sanded the same drawer twice and did not mind.",
    "I read on the balcony until it was too dark to read, and then a little longer.",
    "The neighbour's radio came through the wall, an old song I knew half of.",
    "Swept the stairs. Found the blue button I had given up on.",
    "Two letters today, one of them for somebody who lived here before.",
    "I wanted to write early and write only now. It is quiet, and that is enough.",
    "Fixed the lamp. It flickers less than it did, which I count.",
    "The market was full of quinces. I bought three because of how they smell.",
];

/// What a camera would have caught.
pub(super) const SPARKS: [&str; 6] = [
    "My message was read at six, and by ten there was no answer.",
    "The plan for Saturday was moved, with one line and a smile.",
    "At dinner the phone lay on the table, face up, and lit up twice.",
    "She said she needed a quiet evening by herself.",
    "He talked about the trip and did not ask whether I would come.",
    "The call ended a little sooner than usual.",
];

/// What it said.
pub(super) const MEANINGS: [&str; 5] = [
    "That I am too much.",
    "That something is over and I have not been told.",
    "That it is better not to need anything.",
    "That I did something wrong and have to find out what.",
    "That I come last.",
];

/// Thoughts that are looked at again.
pub(super) const THOUGHTS: [&str; 5] = [
    "If I ask, they will leave.",
    "They only answer because they have to.",
    "I have to manage this alone.",
    "A quiet evening means that they are tired of me.",
    "If they knew how I really am, it would be over.",
];

pub(super) const FACTS_FOR: [&str; 4] = [
    "The answer was short.",
    "Last week the plan was moved as well.",
    "I heard a sigh, or thought so.",
    "They did not ask how it went.",
];

pub(super) const FACTS_NOT: [&str; 4] = [
    "They rang on Sunday without a reason.",
    "They were at work until nine.",
    "They have moved plans before and then kept them.",
    "They brought the book I had mentioned once.",
];

pub(super) const FAIRER: [&str; 4] = [
    "I do not know yet, and I can ask once, kindly.",
    "A short answer can be only a short answer.",
    "Both can be true: I missed them, and nothing is broken.",
    "I may need something and still be good company.",
];

pub(super) const PREDICTIONS: [&str; 4] = [
    "If I ask to move the walk, he will be annoyed.",
    "If I say that I was sad, she will change the subject.",
    "If I do not write first, nobody will.",
    "If I ask for help with the shelf, it will be too much.",
];

pub(super) const KIND_WORDS: [&str; 3] = [
    "It is all right that this hurt.",
    "You waited a long time today. Sit down for a while.",
    "Nobody does this without stumbling.",
];

pub(super) const SHARED: [&str; 4] = [
    "That the week had been too long.",
    "That I was afraid of the appointment.",
    "That I had missed her.",
    "That I did not know what to do about work.",
];

pub(super) const SAID: [&str; 3] = [
    "We talked about waiting, and what I do with my hands while I wait.",
    "It was about asking for things before they are urgent.",
    "Mostly about the summer, and about what I expect from silence.",
];

pub(super) const AGREED: [&str; 4] = [
    "Write down one moment before I answer it",
    "Ask for one small thing",
    "Leave the phone in the hall for an hour",
    "Tell one person how the week was",
];
