// Every screen of every room, in both themes and three widths, with what each of them is held to.

import { look } from "../look.mjs";
import { PASSPHRASE } from "./device.mjs";

export const screens = {
  name: "screens",
  demo: true,
  async run(stage) {
    stage.step("screens");
    const { browser, device, folder, hasPictures } = stage;
    return look({ browser, url: await device.page(), folder, passphrase: PASSPHRASE, hasPictures, fault: (text) => stage.fault(text) });
  },
};
