// The state of writing: which draft it is, how it's kept, and the ways out. The words themselves stand in their fields, and are read
// from there.

import { isBlank, discardDraft, NO_WORDS, TEXT_BYTES_MAX, type Piece, type Words } from "../../core/drafts";
import { Reason } from "../../core/fault";
import { Keeper, type Keeping } from "../../core/keeper";
import { explain } from "../../core/messages";
import { begunAt, namedBy, openPiece } from "../../core/opening";
import { isSame, routeOf } from "../../core/route";
import { oneLine } from "../../core/text";
import { atNow, ownZone } from "../../core/when";
import type { App } from "../app.svelte";
import { Out } from "./out.svelte";

/** Where the words are written: two fields that the page fills itself. */
export interface Fields {
  readonly title: HTMLTextAreaElement;
  readonly text: HTMLTextAreaElement;
}

/** What's said beside the words. */
export type Aside = Pick<Words, "at" | "people" | "tags">;

/** More than a third of the bytes in letters may be too many bytes; fewer never are. */
const LETTERS_SURE = TEXT_BYTES_MAX / 3;

/** Nothing is half written. */
export const TAKEN = (): Promise<boolean> => Promise.resolve(true);

export class Writing {
  stage: "loading" | "ready" | "gone" | "full" | "failed" = $state("loading");
  keeping: Keeping = $state.raw({ kind: "still" });
  aside: Aside = $state.raw(NO_WORDS);
  /** How many kilobytes there are, if one entry doesn't hold them. */
  tooLong = $state(0);
  news: "" | "forked" | "adopted" | "goesOn" = $state("");
  /** Nothing is written yet, and nothing was before. */
  isNew = $state(false);
  trouble = $state("");
  /** Whether it changes an entry that was there before. */
  isChange = $state(false);
  entry = $state("");
  meant = $state("");
  exercise = $state("");
  /** Done, or thrown away. */
  out: Out | undefined = $state.raw();
  /** Takes a name that stands beside the words and wasn't added; whether that worked. */
  ends: () => Promise<boolean> = TAKEN;
  readonly #app: App;
  #keeper: Keeper | undefined;
  #fields: Fields | undefined;
  /** Where this is in the app, and whether it's still there. */
  #args: readonly string[] = [];
  #isAwaited = false;
  #isBegun = false;
  #isClosed = false;
  #hide = (): void => {};
  #remove = (): void => {};

  constructor(app: App) {
    this.#app = app;
  }

  /** Opens a draft, an entry to be changed, or a blank page. */
  async open(args: readonly string[]): Promise<void> {
    this.#args = args;
    const living = this.#living();
    if (living) {
      this.#begin(living, living.piece);
      return;
    }
    const outcome = await openPiece(this.#app.page.door, args, atNow(new Date(), ownZone()));
    if (this.#isClosed) {
      return;
    }
    if (!outcome.ok) {
      this.stage = unopened(outcome.fault.reason);
      this.trouble = explain(outcome.fault, this.#app.say);
      return;
    }
    const { piece, isKept, isAwaited, goesOn } = outcome.value;
    this.#isAwaited = isAwaited;
    this.#start(piece, isKept);
    if (isAwaited) {
      this.#keeper?.expect();
    }
    this.news = goesOn ? "goesOn" : "";
    this.isNew = args.length === 0;
  }

  /** Words of this address that are in the page still, whatever the device has of them. */
  #living(): Keeper | undefined {
    const { draft, entry } = namedBy(this.#args);
    const keepers = this.#app.holders.all.filter((holder) => holder instanceof Keeper).filter(({ isOver }) => !isOver);
    const byEntry = keepers.find(({ piece }) => entry !== "" && piece.entry === entry && piece.exercise === "");
    return keepers.find(({ piece }) => draft !== "" && piece.id === draft) ?? byEntry;
  }

  /** Fills the fields once they're there: by script, so that no browser remembers the words. */
  fill(fields: Fields): void {
    this.#fields = fields;
    this.#show(this.#keeper?.piece.words ?? NO_WORDS);
  }

  touch = (): void => {
    this.news = "";
    this.isNew = false;
    const keeper = this.#keeper;
    if (keeper && !keeper.isKept && !this.#isBegun) {
      // From the first key on the address finds the draft again, whenever the page goes.
      this.#isBegun = true;
      this.#rename(...begunAt(keeper.piece));
    }
    keeper?.touch(this.#read);
  };

  say(aside: Partial<Aside>): void {
    this.aside = { ...this.aside, ...aside };
    this.touch();
  }

  /** Done, with everything that stands there. */
  async finish(): Promise<void> {
    if (await this.ends()) {
      await this.out?.finish();
    }
  }

  /** The words of this moment. */
  get words(): string {
    return this.#keeper?.read() ?? "";
  }

  get text(): string {
    return this.#fields?.text.value ?? "";
  }

  /** Tries at once what is tried again anyway. */
  async keep(): Promise<void> {
    await this.#keeper?.flush();
  }

  /** The screen goes; whatever isn't home yet goes on finding its way. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#hide();
    const keeper = this.#keeper;
    const remove = this.#remove;
    this.#fields = undefined;
    if (!keeper) {
      return;
    }
    // The address tells whether somebody went away: a screen that goes still sees the route of before.
    if (keeper.isDirty && !isBlank(keeper.piece.words) && isSame(routeOf(location.hash), { room: "write", args: this.#args })) {
      // Locked in the middle: whoever opens it again comes back to these words.
      this.#rename("draft", keeper.piece.id);
    }
    await keeper.flush();
    const settle = (): void => {
      // Another screen may show it by now: then it's that one's.
      const hasWork = keeper.isDirty || keeper.isWary;
      if (keeper.isShown || !hasWork) {
        stop();
      }
      if (!keeper.isShown && !hasWork) {
        const { isOver } = keeper;
        remove();
        keeper.end();
        void (isOver || tidied(this.#app, keeper));
      }
    };
    const stop = this.#app.holders.listen(settle);
    settle();
  }

  #start(piece: Piece, isKept: boolean): void {
    const { page, clock, holders } = this.#app;
    const ways = { door: page.door, lasting: page.lasting, clock };
    const { stand } = this.#app;
    const keeper = new Keeper(ways, piece, isKept, () => holders.changed());
    keeper.heard(stand.kind === "open" ? stand.revisions?.drafts : undefined);
    this.#begin(keeper, piece);
  }

  #begin(keeper: Keeper, piece: Piece): void {
    this.#keeper = keeper;
    this.#remove = this.#app.holders.add(keeper);
    this.out = new Out(this.#app, keeper, { entry: piece.entry, base: piece.base });
    this.#take(piece);
    this.keeping = keeper.keeping;
    this.#hide = keeper.show({
      kept: (keeping) => this.#kept(keeping),
      adopted: (found) => {
        this.news = this.#isAwaited ? "goesOn" : "adopted";
        this.#isAwaited = false;
        this.#take(found);
        this.#show(found.words);
      },
      forked: () => (this.news = "forked"),
    });
    this.stage = "ready";
  }

  #take({ entry, meant, exercise, words }: Piece): void {
    [this.entry, this.meant, this.exercise, this.isChange] = [entry, meant, exercise, entry !== ""];
    this.aside = words;
    this.#measure(words.text);
  }

  #kept(keeping: Keeping): void {
    this.keeping = keeping;
    const piece = this.#keeper?.piece;
    if (keeping.kind === "saving") {
      return;
    }
    if (piece && (keeping.kind === "saved" || keeping.kind === "sealed" || keeping.kind === "aside")) {
      // From here on the address finds the draft again, also after a crash.
      this.#rename("draft", piece.id);
    }
    this.#measure(piece?.words.text ?? "");
  }

  #measure(text: string): void {
    const bytes = text.length > LETTERS_SURE ? new TextEncoder().encode(text).length : 0;
    this.tooLong = bytes > TEXT_BYTES_MAX ? Math.ceil(bytes / 1024) : 0;
  }

  #rename(...args: readonly string[]): void {
    this.#args = args;
    this.#app.rename("write", ...args);
  }

  #show(words: Words): void {
    if (this.#fields) {
      this.#fields.title.value = words.title;
      this.#fields.text.value = words.text;
    }
  }

  readonly #read = (): Words => {
    const fields = this.#fields;
    const { title, text } = this.#keeper?.piece.words ?? NO_WORDS;
    const { at, people, tags } = this.aside;
    // A title is one line, however it was pasted.
    const line = fields ? oneLine(fields.title.value) : title;
    return { title: line, text: fields ? fields.text.value : text, at, people, tags };
  };
}

/** Why nothing was opened: a disk that's full keeps drafts shut, and what was said about saving would only frighten. */
function unopened(reason: Reason): "gone" | "full" | "failed" {
  switch (reason) {
    case Reason.NOT_FOUND:
      return "gone";
    case Reason.STORAGE_FULL:
      return "full";
    default:
      return "failed";
  }
}

/** A draft in which nothing stands and that never was an entry goes with its screen. */
async function tidied(app: App, { piece, isKept }: Keeper): Promise<void> {
  if (isKept && piece.entry === "" && isBlank(piece.words) && app.isOpen) {
    await discardDraft(app.page.door, piece.id);
  }
}

