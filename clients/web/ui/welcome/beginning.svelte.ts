// A journal that is just beginning. It outlives the screens: the door opens under them when the journal is made, and the kit exists
// nowhere but here.

import { groupsOf, isUnconfirmed, setUnconfirmed, twoOf } from "../../core/kit";
import { explain, words } from "../../core/messages";
import { welcome } from "../../core/messages/welcome";
import { isLost, Reason, type Fault } from "../../core/fault";
import { begin } from "../../core/vault";
import type { App } from "../app.svelte";
import { Choice } from "../passphrase/choice.svelte";

const beginnings = new WeakMap<App, Beginning>();

/** The one beginning of this page. */
export function beginningOf(app: App): Beginning {
  const found = beginnings.get(app) ?? new Beginning(app);
  beginnings.set(app, found);
  return found;
}

export class Beginning {
  deviceName = $state("");
  serverUrl = $state("");
  invite = $state("");
  isBusy = $state(false);
  trouble = $state("");
  /** The kit's code; empty before there is one and once it's kept. */
  kit = $state("");
  /** What failed after the journal was made. */
  failed = $state("");
  /** Whether a journal was asked for and no kit has come: its answer may have been lost on the way. */
  isAsked = $state(false);
  /** Which two groups are to be typed back, counted from 0. */
  asked: readonly [number, number] = $state.raw([0, 1]);
  readonly choice: Choice;
  readonly #app: App;
  #letGo = (): void => {};

  constructor(app: App) {
    this.#app = app;
    this.choice = new Choice(app);
    this.deviceName = words(app.say, welcome).create.deviceName;
  }

  get groups(): readonly string[] {
    return groupsOf(this.kit);
  }

  async submit(): Promise<void> {
    if (this.isBusy) {
      return;
    }
    this.trouble = this.#missing();
    if (!this.choice.isReady() || this.trouble) {
      return;
    }
    this.isBusy = this.isAsked = true;
    const { deviceName, serverUrl, invite } = this;
    const plan = { deviceName: deviceName.trim(), passphrase: this.choice.value, serverUrl: serverUrl.trim(), invite: invite.trim() };
    const { door } = this.#app.page;
    // Remembered before there's a journal: the answer that brings its kit may be lost on the way.
    const wasUnconfirmed = isUnconfirmed(this.#app.settings);
    const marked = await setUnconfirmed(door, true);
    const outcome = await begin(door, plan);
    this.isBusy = false;
    if (!outcome.ok) {
      if (!isLost(outcome.fault.reason)) {
        await setUnconfirmed(door, wasUnconfirmed);
      }
      this.#refused(outcome.fault);
      return;
    }
    this.choice.forget();
    this.serverUrl = this.invite = "";
    const { kit, failed } = outcome.value;
    this.#hold(kit);
    if (!marked.ok) {
      void this.#mark(true);
    }
    this.failed = failed ? explain(failed, this.#app.say) : "";
    this.#app.replace("welcome", "kit");
  }

  /** The code leaves the page: it's kept elsewhere, or its person goes on without, and can come back to that. */
  done(isKept: boolean): void {
    this.kit = "";
    this.isAsked = false;
    this.#letGo();
    if (isKept) {
      void this.#mark(false);
    }
  }

  async #mark(isSo: boolean): Promise<void> {
    await setUnconfirmed(this.#app.page.door, isSo);
    await this.#app.readSettings();
  }

  #missing(): string {
    const say = words(this.#app.say, welcome).create;
    if (this.deviceName.trim() === "") {
      return say.name;
    }
    return (this.serverUrl.trim() === "") === (this.invite.trim() === "") ? "" : say.half;
  }

  /** From now on closing the page is asked about first. */
  #hold(kit: string): void {
    this.kit = kit;
    this.asked = twoOf(this.groups.length, Math.random);
    this.#letGo = this.#app.holders.add({ isDirty: true, flush: () => Promise.resolve() });
  }

  #refused(fault: Fault): void {
    if (fault.reason === Reason.WEAK_PASSPHRASE) {
      this.choice.trouble = explain(fault, this.#app.say);
    } else {
      this.trouble = explain(fault, this.#app.say);
    }
    // Only where nobody answered may a journal have been made all the same.
    this.isAsked = isLost(fault.reason);
  }
}
