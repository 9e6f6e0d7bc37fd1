import type { Command } from "../command";
import { VERSION } from "../version";

export const version: Command = {
  summary: "Print the version that is answered for",
  flags: {},
  run: (_given, { stdout }) => {
    stdout(`${VERSION}\n`);
    return 0;
  },
};
