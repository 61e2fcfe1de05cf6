// Paper to write on in tests: the state of writing with its two fields, on a device that keeps drafts.

import { Page } from "../core/page";
import { Session } from "../core/session";
import { App } from "../ui/app.svelte";
import { Writing, type Fields } from "../ui/write/write.svelte";
import { HandClock } from "./device";
import { Drawer } from "./drawer";

export function paper() {
  const session = new Session(undefined);
  session.begin("abc");
  const device = new Drawer();
  const clock = new HandClock();
  const app = new App(new Page({ location, history, fetch: device.fetch, session, clock }), ["en-GB"], clock);
  location.hash = "#write";
  app.route = { room: "write", args: [] };
  const fields = { title: document.createElement("textarea"), text: document.createElement("textarea") } satisfies Fields;
  const open = async (...args: string[]): Promise<Writing> => {
    const writing = new Writing(app);
    await writing.open(args);
    writing.fill(fields);
    return writing;
  };
  const type = (writing: Writing, text: string): void => {
    fields.text.value = text;
    writing.touch();
  };
  return { device, clock, app, open, type, fields };
}
