// A walk that is under way: the page, what stands in its field, and the way both are kept. It outlives its room: a lock or a look at
// help takes the room away, and the words have to be brought home all the same.

import { attempt, isLost, Reason, type Outcome } from "../../core/fault";
import type { Holder } from "../../core/holders";
import { explain, words } from "../../core/messages";
import { walk as spoken } from "../../core/messages/walk";
import { isSame, NOTHING, type Value } from "../../core/walk/value";
import { beginWalk, finishWalk, sealWalk, whatOf, type Finished, type Move, type Walk, type What } from "../../core/walk/walk";
import type { App } from "../app.svelte";
import type { Care } from "./care";
import { hereOf } from "./here";
import { Turns } from "./turns";
import { Written } from "./written.svelte";

/** How long until what couldn't be kept is tried again. */
const AGAIN_MS = 5_000;

/** `isNext` where somebody goes on with their answer, and not just away. */
export type Ends = (isNext: boolean) => boolean | Promise<boolean>;

export class Going implements Holder {
  /** Undefined until it has begun, and while another room is shown: no words are kept here that the device has. */
  walk: Walk | undefined = $state.raw();
  /** Whether the device has nothing of it any more but what it became. */
  isOver = false;
  /** What became of it, once it's finished and was kept. */
  done: Finished | undefined = $state.raw();
  /** Why an answer wasn't taken. */
  hint = $state("");
  trouble = $state("");
  /** Whether trying again leads nowhere. */
  isRefused = $state(false);
  /** What another window did at the question that stands here. */
  news = $state("");
  isBusy = $state(false);
  title = $state("");
  /** The id of the exercise or the measure. */
  subject = $state("");
  /** Where a measure comes from, word for word; empty for an exercise. */
  source = $state("");
  /** What to call in an emergency, once an answer called for support. */
  emergency = $state("");
  /** Another number is another page. */
  page = $state(0);
  /** Takes what is half written in the page's field beside its answer; whether it could be taken. Each field that has such says how. */
  ends: Ends = () => true;
  readonly what: What;
  readonly written: Written;
  readonly #app: App;
  readonly #turns = new Turns();
  #people: readonly string[] = [];
  /** Which question it was on when the room went. */
  #at = "";
  /** Its draft, once it is kept. */
  #draft = "";
  #called = "";
  #isHere = false;
  /** Once it's read. */
  #care: Care | undefined;
  /** As it was when the room went, for as long as something older may arrive. */
  #mine: Walk | undefined;
  /** Whether it may have ended, and nobody has heard. */
  #mayBeDone = false;
  #forget = (): void => {};

  constructor(app: App, what: What) {
    this.#app = app;
    this.what = what;
    this.written = new Written(app.clock, () => void this.flush());
  }

  /** Whether it is what an address names. */
  is(what: What): boolean {
    const isDraft = what.case === "draftId" && what.value === this.#draft;
    return isDraft || (what.case === this.what.case && what.value === this.what.value);
  }

  get isDirty(): boolean {
    return this.written.isDirty;
  }

  /** The walk, also of a room that has gone while something older may arrive. */
  get mine(): Walk | undefined {
    return this.walk ?? this.#mine;
  }

  read(): string {
    return this.isDirty ? (this.#care?.words() ?? "") : "";
  }

  heard(revision: bigint | undefined): void {
    this.#care?.heard(revision);
  }

  look(): Promise<void> {
    return this.#turns.take(async () => this.#care?.look());
  }

  /** Nothing older can arrive any more. */
  calm(): void {
    if (!this.#isHere && !this.isDirty) {
      this.#mine = undefined;
      this.#forget();
    }
  }

  /** Begins, or goes on where it was. */
  async begin(people: readonly string[] = this.#people): Promise<void> {
    this.#people = people;
    this.#isHere = true;
    this.#forget = this.#app.holders.add(this);
    if (this.walk || this.isBusy) {
      return;
    }
    const at = this.#at;
    const hasBegun = await this.#take(() => this.#begin(this.#draft ? { case: "draftId", value: this.#draft } : this.what));
    if (hasBegun && at !== "") {
      const there = await this.#turns.take(() => this.#step({ case: "to", value: at }));
      // Where the question can't be found any more, the beginning will do.
      if (there.ok) {
        this.#show(there.value);
      }
    }
  }

  /** What the card says to call: from now on the line at the top says the same. */
  call = (line: string): void => {
    this.#called = this.emergency = line;
  };

  async #begin(what: What): Promise<Outcome<Walk>> {
    const read = await attempt(() => import("./care"));
    if (!read.ok) {
      return read;
    }
    this.#care ??= new read.value.Care(this.#app, this);
    return beginWalk(this.#app.page.door, what, this.#people, hereOf(this.#app));
  }

  /** Shows what another window answered to the question that stands here. */
  async adopt(): Promise<void> {
    const at = this.walk?.at ?? "";
    const begun = await this.#begin({ case: "draftId", value: this.#draft });
    const there = begun.ok ? await this.#care!.step(begun.value, { case: "to", value: at }, false) : begun;
    if (there.ok && this.walk && !this.isDirty && !this.isBusy) {
      this.#show(there.value);
      this.news = words(this.#app.say, spoken).adopted;
    }
  }

  /** Another window went on in the draft: what was answered here has one of its own. */
  fork(walk: Walk): void {
    this.#isKept(walk);
    this.walk = this.walk && walk;
    this.news = words(this.#app.say, spoken).forked;
  }

  /** What stands in the field now. It is kept after a pause. */
  set = (value: Value): void => {
    this.hint = "";
    this.written.set(value);
  };

  /** Takes the answer that stands there and goes on. */
  next = (): Promise<void> => this.go({ case: "answer", value: this.written.value });

  back = async (): Promise<void> => {
    await this.settle();
    await this.go({ case: "back", value: true });
  };

  /** Brings everything home that stands at the page, also what is half written. */
  async settle(): Promise<void> {
    await this.ends(false);
    await this.flush();
  }

  /** Does one thing at the page, and shows the page that comes. */
  async go(move: Move): Promise<void> {
    if (!this.walk || this.isBusy) {
      return;
    }
    this.isBusy = true;
    const isNext = move.case === "answer";
    // Whoever skips leaves it all behind.
    const stays = move.case !== "skip" && !(await this.ends(isNext)) && isNext;
    this.isBusy = false;
    if (!stays) {
      this.written.stop();
      await this.#take(() => this.#moved(move));
    }
    // What wasn't taken is kept like everything else.
    this.written.wait();
  }

  /** What is written while somebody is on their way goes along with them, before another page takes its place. */
  async #moved(move: Move): Promise<Outcome<Walk>> {
    const isAnswer = move.case === "answer";
    let sent = this.written.value;
    for (;;) {
      const moved = await this.#step(isAnswer ? { case: "answer", value: sent } : move);
      const now = this.written.value;
      if (!moved.ok || isSame(sent, now)) {
        return moved;
      }
      sent = now;
      const noted = isAnswer ? undefined : await this.#step({ case: "note", value: sent });
      // Only back is still meant after more was written.
      if (noted && (!noted.ok || move.case !== "back")) {
        return noted;
      }
      this.walk = noted?.value ?? this.walk;
    }
  }

  /** Makes an entry or a result of it, or forgets it where nothing is to be kept; whether that worked. */
  async finish(): Promise<boolean> {
    await this.flush();
    const walk = this.walk;
    if (!walk || this.isBusy) {
      return false;
    }
    this.isBusy = true;
    const outcome = await this.#turns.take(() => this.#finish(walk));
    this.isBusy = false;
    this.trouble = outcome.ok ? "" : explain(outcome.fault, this.#app.say);
    this.isOver = outcome.ok;
    if (outcome.ok && outcome.value.entryId !== "") {
      this.done = outcome.value;
      this.#app.rename("practice");
    }
    return outcome.ok;
  }

  async #finish(walk: Walk): Promise<Outcome<Finished>> {
    const outcome = await finishWalk(this.#app.page.door, walk, hereOf(this.#app).today);
    if (outcome.ok) {
      return outcome;
    }
    const { reason } = outcome.fault;
    const done = this.#mayBeDone && reason === Reason.NOT_FOUND ? await this.#care?.became(walk) : undefined;
    this.#mayBeDone ||= isLost(reason);
    return done ? { ok: true, value: done } : outcome;
  }

  /** Brings what stands in the field to the device; sealed, if the journal was locked meanwhile. */
  async flush(isLast = false): Promise<void> {
    this.written.stop();
    if (!this.isDirty) {
      return;
    }
    const crosses = isLast && this.#turns.isBusy;
    if (isLast) {
      // The page may go at any moment, and what is on its way breaks off with it: these go by themselves.
      await this.#keep(true, crosses);
    }
    // Where two have crossed, nobody knows which came last: the newest go once more.
    if (crosses || this.isDirty) {
      await this.#turns.take(() => this.#keep(false, false, crosses));
    }
  }

  /** The room goes: the words are brought home, and what the device has is forgotten here. */
  async rest(): Promise<void> {
    this.#isHere = false;
    // The fields go first, and may have a last word.
    await Promise.resolve();
    await this.flush();
    if (this.#isHere || this.isDirty) {
      return;
    }
    this.#mine = this.walk ?? this.#mine;
    if (this.walk && this.#draft) {
      this.#at = this.walk.page?.kind.case === "question" ? this.walk.at : "";
      this.walk = undefined;
      this.written.begin(NOTHING);
    }
    if (!this.#care?.isWary) {
      this.calm();
    }
  }

  /** `isAside` if it isn't its turn, `isAgain` also where nothing is new. */
  async #keep(isLast = false, isAside = false, isAgain = false): Promise<void> {
    const [sent, walk, at] = [this.written.value, this.walk, this.page];
    const page = walk?.page?.kind;
    // Whoever was here before may have brought it home already.
    if (!walk || page?.case !== "question" || !(this.isDirty || isAgain)) {
      return;
    }
    const noted = await this.#step({ case: "note", value: sent }, isLast);
    if (at !== this.page) {
      return;
    }
    if (noted.ok) {
      this.#has(isAside ? { ...walk, isKept: noted.value.isKept } : noted.value);
      this.written.has(sent);
      return;
    }
    if (noted.fault.reason === Reason.NOT_FOUND) {
      await this.#setAside(sent);
      return;
    }
    const isLocked = noted.fault.reason === Reason.LOCKED;
    const kept = isLocked ? await sealWalk(this.#app.page.door, walk, page.value.answerId, sent) : noted;
    if (kept.ok) {
      this.#care?.sealed(page.value.answerId, sent);
      this.#isKept(walk);
      this.written.has(sent);
    } else {
      this.trouble = explain(kept.fault, this.#app.say);
      this.written.wait(AGAIN_MS);
    }
  }

  /** There's no such walk any more: its words get a draft of their own, and nobody is held here. */
  async #setAside(value: Value): Promise<void> {
    const kept = await this.#care?.setAside();
    if (kept && !kept.ok) {
      this.trouble = explain(kept.fault, this.#app.say);
      this.written.wait(AGAIN_MS);
      return;
    }
    const say = words(this.#app.say, spoken);
    this.isOver = true;
    this.written.has(value);
    this.trouble = kept ? say.aside : say.elsewhere;
  }

  #step(move: Move, isLast = false): Promise<Outcome<Walk>> {
    return this.#care!.step(this.walk!, move, isLast);
  }

  async #take(call: () => Promise<Outcome<Walk>>): Promise<boolean> {
    this.isBusy = true;
    const outcome = await this.#turns.take(call);
    this.isBusy = false;
    this.trouble = outcome.ok ? "" : explain(outcome.fault, this.#app.say);
    this.isRefused = !outcome.ok && outcome.fault.reason === Reason.INVALID_ARGUMENT;
    if (outcome.ok) {
      this.#show(outcome.value);
    }
    return outcome.ok;
  }

  /** Shows a walk as it came. Where an answer wasn't taken, its field stays as it is. */
  #show(walk: Walk): void {
    this.#has(walk);
    this.hint = walk.hint;
    if (walk.hint !== "") {
      this.written.has(this.written.value);
      return;
    }
    const page = walk.page?.kind;
    this.ends = () => true;
    this.written.begin((page?.case === "question" ? page.value.answer : undefined) ?? NOTHING);
    this.page += 1;
    this.news = "";
  }

  #has(walk: Walk): void {
    this.walk = walk;
    this.title = walk.subject?.title ?? "";
    this.subject = walk.subject?.madeWith?.id ?? "";
    this.emergency = walk.emergency && (this.#called || walk.emergency);
    const page = walk.page?.kind;
    this.source = page?.case === "intro" ? page.value.source : this.source;
    this.trouble = "";
    if (walk.isKept) {
      this.#isKept(walk);
    }
  }

  /** From now on its address leads to its draft, also after a reload. */
  #isKept({ draft }: Walk): void {
    const { route } = this.#app;
    const what = route.room === "walk" ? whatOf(route.args) : undefined;
    const isShown = what !== undefined && this.is(what);
    this.#draft = draft?.draftId ?? "";
    if (isShown) {
      this.#app.rename("walk", "draft", this.#draft);
    }
  }
}
