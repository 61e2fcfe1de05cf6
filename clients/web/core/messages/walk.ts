// The words of a walk through an exercise or a measure. What is asked, and what is said about an answer, comes from the device.

import type { Spoken } from "../messages";

const number = new Intl.NumberFormat("en");
const plural = new Intl.PluralRules("en");

function counted(count: number, one: string, many: string): string {
  return `${number.format(count)} ${plural.select(count) === "one" ? one : many}`;
}

const en = {
  leave: "Stop for now",
  step: (title: string, at: number, count: number): string => `${title} · question\u00a0${number.format(at)}\u00a0of\u00a0${number.format(count)}`,
  keeping: "Saving…",
  kept: "Saved",
  elsewhere: "This was finished or thrown away in another window. You can stop here and begin again.",
  aside: "This was finished or thrown away in another window. What you wrote here is in Drafts now; you can stop here and begin again.",
  adopted: "This is what was written in another window.",
  forked: "This question was answered in another window, too. What you wrote here is a draft of its own now; the other one is in Drafts.",
  back: "Back",
  next: "Next",
  skip: "Skip",
  goOn: "Go on",
  close: "Close",
  again: "Try again",
  failed: "This didn’t open",
  toPractice: "Back to Practice",

  whom: { title: "Who is it about?", general: "People in general" },
  intro: {
    begin: "Begin",
    lead: (minutes: number, questions: number): string =>
      questions > 0 ? `${questions > 1 ? "Up to " : ""}${counted(questions, "question", "questions")}, about ${number.format(minutes)} min. You can leave any of them open.` : `About ${number.format(minutes)} min.`,
    stop: "Stop whenever you like; what you’ve answered is saved.",
    goesOn: "You began this before. It goes on after your last answer.",
    begun: (day: string): string => `You began this on ${day}. Those answers are about other days, so it starts again from the first question.`,
    evidence: "What’s behind it",
    about: (names: string): string => `About ${names}.`,
    more: "More about this exercise",
    results: "Earlier results",
  },
  gate: { choose: "Choose one of the three first." },
  held: {
    title: "Not this one, for now",
    unsure: "Take your time with this",
    instead: "Something else you could do now",
    who: "Who you can talk to",
    another: "Choose someone else",
    closed: "Close this for now",
  },
  notice: { title: "Before you go on", last: "It’s better to stop here", end: "End here", instead: (title: string): string => `Do this instead: ${title}` },
  support: { title: "Help, if you want it", on: "Go on with the questions" },
  end: {
    title: "One look before you finish",
    nothing: "Nothing was answered, so there’s nothing to save.",
    open: "Left open, and that’s fine",
    unfit: "This answer doesn’t work as it is. Change it, or leave it open.",
    review: "Have a look at your answers before you finish. You can change any of them.",
    unanswered: "left open",
    change: (question: string): string => `Change: ${question}`,
    changeIt: "Change",
    save: "Save",
    finish: "Finish",
    heavy: "This can be a lot to sit with. There are people you can call or write to.",
    talk: "Someone to talk to",
  },
  done: {
    title: "Saved",
    kept: "It’s in your journal.",
    incomplete: "Some questions are open, and that’s fine.",
    nothing: "Nothing was saved.",
    read: "Read it",
    next: "Something that fits next, if you like",
    done: "Done",
    result: "What your answers come to",
    later: "Your answers are saved. You can see the number whenever you like.",
    show: "Show it",
    support: "This comes first. Nobody has been told of your answers.",
    stays: "People you can call are one press away, at any time: “Get help now”, at the top.",
  },
};

export const walk: Spoken<typeof en> = { en };
