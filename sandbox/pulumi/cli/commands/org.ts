import type { Command } from "../command";

export const orgGetDefault: Command = {
  summary: "Print the organization that is used when none is given",
  flags: {},
  run: (_given, { stdout }) => {
    stdout("organization\n");
    return 0;
  },
};
