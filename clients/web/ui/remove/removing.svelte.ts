// Taking a device out: what it means, a new kit if wanted, the passphrase, and what came of it.

import { listDevices, removeDevice, type Device } from "../../core/devices";
import { Reason } from "../../core/fault";
import { setUnconfirmed } from "../../core/kit";
import { explain, words } from "../../core/messages";
import { removing } from "../../core/messages/removing";
import { syncNow } from "../../core/server";
import type { App } from "../app.svelte";
import { Confirm } from "../kit/confirm.svelte";
import { Fresh } from "../kit/fresh.svelte";
import { standingOf, type Standing } from "./standing";

export type Stage = "looking" | "blocked" | "serverless" | "why" | "kit" | "proof" | "passphrase" | "done" | "unknown" | "gone";

export class Removing {
  stage: Stage = $state("looking");
  device: Device | undefined = $state.raw();
  /** Why the device goes; undefined until somebody has chosen. */
  why: "lost" | "unused" | undefined = $state();
  wantsKit = $state(false);
  /** What keeps it from going on. */
  trouble = $state("");
  news = $state("");
  isLooking = $state(false);
  aside = $state(0);
  /** Whether a new kit was part of it. */
  hadKit = $state(false);
  readonly fresh: Fresh;
  readonly confirm: Confirm;
  readonly #app: App;
  readonly #id: string;
  #isOver = false;

  constructor(app: App, id: string) {
    this.#app = app;
    this.#id = id;
    this.fresh = new Fresh(app);
    this.confirm = new Confirm(app);
  }

  get name(): string {
    return this.device?.name ?? "";
  }

  /** Looks whether it can be done at all, before anything is asked. */
  start(): Promise<void> {
    return this.#looking(async () => this.#stand(await standingOf(this.#app, this.#id, this.confirm)));
  }

  choose(why: "lost" | "unused"): void {
    this.why = why;
    // Somebody else may have the code with the device.
    this.wantsKit = why === "lost";
    this.trouble = "";
  }

  async next(): Promise<void> {
    this.news = "";
    this.trouble = this.why ? "" : words(this.#app.say, removing).whyFirst;
    if (this.trouble || this.fresh.isBusy) {
      return;
    }
    if (!this.wantsKit) {
      this.stage = "passphrase";
    } else if (await this.fresh.draw()) {
      this.stage = "kit";
    } else {
      this.trouble = this.fresh.trouble;
    }
  }

  /** A step back; whether there was one. */
  back(): boolean {
    const before: Partial<Record<Stage, Stage>> = { kit: "why", proof: "kit", passphrase: this.fresh.code === "" ? "why" : "proof" };
    const stage = this.confirm.isBusy ? undefined : before[this.stage];
    if (!stage) {
      return false;
    }
    if (stage === "why") {
      this.fresh.forget();
    }
    this.confirm.forget();
    this.stage = stage;
    return true;
  }

  async remove(): Promise<void> {
    const kit = this.fresh.code;
    const came = await this.confirm.run((passphrase) => removeDevice(this.#app.page.door, this.#id, passphrase, kit));
    if (!came || this.#isOver) {
      return;
    }
    if (came.kind === "refused") {
      await this.#moved(came.reason);
      return;
    }
    this.hadKit = kit !== "";
    this.fresh.forget();
    if (came.kind === "unknown") {
      this.stage = "unknown";
      return;
    }
    this.aside = came.value.aside;
    this.stage = "done";
    if (this.hadKit) {
      await setUnconfirmed(this.#app.page.door, false);
      await this.#app.readSettings();
    }
  }

  /** After an answer that was lost: syncs first, and then the list of devices says it. */
  look(): Promise<void> {
    return this.#looking(async () => {
      const outcome = await syncNow(this.#app.page.door);
      if (!outcome.ok) {
        this.trouble = explain(outcome.fault, this.#app.say);
        return;
      }
      this.#stand(await standingOf(this.#app, this.#id, this.confirm));
      const say = words(this.#app.say, removing);
      this.news = this.hadKit ? say.stillKit : say.still;
    });
  }

  /** When its screen goes: no secret stays. */
  end(): void {
    this.#isOver = true;
    this.fresh.end();
    this.confirm.forget();
  }

  #stand({ stage, device, trouble }: Standing): void {
    if (!this.#isOver) {
      this.stage = stage;
      this.device = device;
      this.trouble = trouble;
    }
  }

  async #looking(look: () => Promise<void>): Promise<void> {
    if (!this.isLooking) {
      this.isLooking = true;
      this.trouble = "";
      await look();
      this.isLooking = false;
    }
  }

  /** The list has changed meanwhile: another device may have done the same. */
  async #moved(reason: Reason): Promise<void> {
    if (reason === Reason.DEVICES_CHANGED || reason === Reason.INVALID_ARGUMENT) {
      const outcome = await listDevices(this.#app.page.door);
      if (outcome.ok && outcome.value.some(({ id, isRemoved }) => id === this.#id && isRemoved)) {
        this.confirm.forget();
        this.fresh.forget();
        this.stage = "gone";
      }
    }
  }
}
