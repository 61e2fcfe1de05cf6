import "./style/tokens.css";
import "./style/ground.css";
import "./style/frame.css";
import "./style/parts.css";

import { mount } from "svelte";
import { clock } from "../core/clock";
import { Page } from "../core/page";
import { Session, tabStorage } from "../core/session";
import { App } from "./app.svelte";
import Root from "./App.svelte";

const target = document.getElementById("app");
if (target) {
  const session = new Session(tabStorage());
  const page = new Page({ location, history, fetch: fetch.bind(window), session, clock });
  const app = new App(page, navigator.languages);
  app.start();
  // What was readable without script makes room.
  target.replaceChildren();
  mount(Root, { target, props: { app } });
}
