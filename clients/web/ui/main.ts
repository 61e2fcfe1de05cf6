import "./style/tokens.css";
import "./style/ground.css";
import "./style/frame.css";
import "./style/shell.css";
import "./style/parts.css";
import "./style/lists.css";
import "./style/choices.css";

import { mount } from "svelte";
import { clock } from "../core/clock";
import { languagesOf } from "../core/languages";
import { speak } from "../core/messages";
import { Page } from "../core/page";
import { Session, tabStorage } from "../core/session";
import { App } from "./app.svelte";
import Root from "./App.svelte";

const target = document.getElementById("app");
if (target) {
  const languages = languagesOf(navigator.languages);
  const session = new Session(tabStorage());
  const page = new Page({ location, history, fetch: fetch.bind(window), session, language: speak(languages).language, clock });
  const app = new App(page, languages, clock);
  app.start();
  // What was readable without script makes room.
  target.replaceChildren();
  mount(Root, { target, props: { app } });
}
