// This device on its way into a journal that's on another one. It outlives the screens: the journal opens under them.

import { explain, words } from "../../core/messages";
import { welcome } from "../../core/messages/welcome";
import { confirmJoin, joinVault, type JoinState } from "../../core/joining";
import { Reason, type Fault } from "../../core/fault";
import type { App } from "../app.svelte";
import { Choice } from "../passphrase/choice.svelte";

const joinings = new WeakMap<App, Joining>();

/** The one of this page. */
export function joiningOf(app: App): Joining {
  const found = joinings.get(app) ?? new Joining(app);
  joinings.set(app, found);
  return found;
}

export class Joining {
  deviceName = $state("");
  serverUrl = $state("");
  code = $state("");
  trouble = $state("");
  /** What is new and no fault. */
  news = $state("");
  /** The words to be typed on the other device; none before they're known. */
  words: readonly string[] = $state.raw([]);
  /** Whether the other device's words are wanted, what was typed of them, and what's wrong with that. */
  wantsTheirs = $state(false);
  theirs = $state("");
  troubleTheirs = $state("");
  isComparing = $state(false);
  isCompared = $state(false);
  isUnderWay = $state(false);
  /** Whether the form came back after another screen: what happened is said at its top then, where it's seen. */
  isBack = $state(false);
  readonly choice: Choice;
  readonly #app: App;
  #running: AbortController | undefined;

  constructor(app: App) {
    this.#app = app;
    this.choice = new Choice(app);
    this.deviceName = words(app.say, welcome).join.deviceName;
  }

  async submit(): Promise<void> {
    if (this.isUnderWay) {
      return;
    }
    this.news = "";
    this.isBack = false;
    this.trouble = this.#missing();
    if (!this.choice.isReady() || this.trouble) {
      return;
    }
    const running = new AbortController();
    this.#running = running;
    this.isUnderWay = true;
    const { deviceName, serverUrl, code } = this;
    const request = { deviceName: deviceName.trim(), serverUrl: serverUrl.trim(), code: code.trim(), passphrase: this.choice.value };
    const outcome = await joinVault(this.#app.page.door, request, (state) => this.#hear(state), running.signal);
    if (running.signal.aborted || !this.isUnderWay) {
      return;
    }
    this.#end();
    if (outcome.ok) {
      this.trouble = words(this.#app.say, welcome).join.broken;
    } else {
      this.#refused(outcome.fault);
    }
  }

  /** Gives the words that the other device shows. Wrong ones end it, which the call that joins says too. */
  async compare(): Promise<void> {
    if (this.isComparing || this.isCompared) {
      return;
    }
    const say = words(this.#app.say, welcome).join;
    this.troubleTheirs = this.theirs.trim() === "" ? say.theirsEmpty : "";
    if (this.troubleTheirs) {
      return;
    }
    const running = this.#running;
    this.isComparing = true;
    const outcome = await confirmJoin(this.#app.page.door, this.theirs);
    if (running !== this.#running || !this.isUnderWay) {
      return;
    }
    this.isComparing = false;
    if (outcome.ok) {
      this.isCompared = true;
    } else if (outcome.fault.reason !== Reason.WRONG_WORDS) {
      this.troubleTheirs = explain(outcome.fault, this.#app.say);
    }
  }

  /** Nothing is joined then, and nothing kept. */
  stop(): void {
    this.#running?.abort();
    this.#end();
    this.news = words(this.#app.say, welcome).join.stopped;
  }

  #hear(state: JoinState): void {
    if (state.kind === "words") {
      this.words = state.words;
    } else if (state.kind === "comparing") {
      this.wantsTheirs = true;
    } else if (state.kind === "linked") {
      this.choice.forget();
      this.#end();
      this.#app.replace("today");
    }
  }

  /** A code is good once: whatever comes next needs another. */
  #end(): void {
    this.isBack = this.words.length > 0;
    this.isUnderWay = false;
    this.words = [];
    this.wantsTheirs = this.isComparing = this.isCompared = false;
    this.theirs = this.troubleTheirs = "";
    this.code = "";
  }

  #missing(): string {
    const say = words(this.#app.say, welcome);
    if (this.deviceName.trim() === "") {
      return say.create.name;
    }
    return this.serverUrl.trim() === "" || this.code.trim() === "" ? say.join.missing : "";
  }

  #refused(fault: Fault): void {
    if (fault.reason === Reason.WEAK_PASSPHRASE) {
      this.choice.trouble = explain(fault, this.#app.say);
    } else {
      this.trouble = explain(fault, this.#app.say);
    }
  }
}
