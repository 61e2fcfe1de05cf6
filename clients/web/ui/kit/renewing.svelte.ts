// A new kit in the old one's place: shown, proved, and then the passphrase. Until then nothing has changed.

import { setUnconfirmed } from "../../core/kit";
import { renewKit } from "../../core/renewing";
import type { App } from "../app.svelte";
import { Confirm } from "./confirm.svelte";
import { Fresh } from "./fresh.svelte";

export type Stage = "looking" | "blocked" | "serverless" | "begin" | "kit" | "proof" | "passphrase" | "done" | "unknown";

const BEFORE: Partial<Record<Stage, Stage>> = { kit: "begin", proof: "kit", passphrase: "proof" };

export class Renewing {
  stage: Stage = $state("looking");
  /** What keeps it from going on. */
  trouble = $state("");
  isLooking = $state(false);
  readonly fresh: Fresh;
  readonly confirm: Confirm;
  readonly #app: App;
  #isOver = false;

  constructor(app: App) {
    this.#app = app;
    this.fresh = new Fresh(app);
    this.confirm = new Confirm(app);
  }

  /** Looks whether it can be done, before anything is asked. */
  async start(): Promise<void> {
    if (this.isLooking) {
      return;
    }
    if (!this.confirm.hasServer) {
      this.stage = "serverless";
      return;
    }
    this.isLooking = true;
    this.trouble = await this.confirm.reach();
    this.isLooking = false;
    if (!this.#isOver) {
      this.stage = this.trouble ? "blocked" : "begin";
    }
  }

  async draw(): Promise<void> {
    if (await this.fresh.draw()) {
      this.stage = "kit";
    }
  }

  /** A step back; whether there was one. */
  back(): boolean {
    const stage = this.confirm.isBusy ? undefined : BEFORE[this.stage];
    if (!stage) {
      return false;
    }
    if (stage === "begin") {
      this.fresh.forget();
    }
    this.confirm.forget();
    this.stage = stage;
    return true;
  }

  async renew(): Promise<void> {
    const came = await this.confirm.run((passphrase) => renewKit(this.#app.page.door, passphrase, this.fresh.code));
    if (!came || came.kind === "refused" || this.#isOver) {
      return;
    }
    this.fresh.forget();
    this.stage = came.kind;
    if (came.kind === "done") {
      await setUnconfirmed(this.#app.page.door, false);
      await this.#app.readSettings();
    }
  }

  /** When its screen goes: no secret stays. */
  end(): void {
    this.#isOver = true;
    this.fresh.end();
    this.confirm.forget();
  }
}
