import { worlds } from "../../sandbox/worlds";
import { command, type Answer } from "../command";
import { table } from "../table";

/** `podnet sandbox worlds` */
export const sandboxWorlds = command({
  flags: {},
  help: `Examples:
  podnet sandbox worlds
  podnet sandbox up --world scattered

Each has a page that says what is in it, what is unusual, and what is wrong.`,

  run(): Answer {
    const list = Object.entries(worlds).map(([name, { summary }]) => ({
      name,
      summary,
      page: `docs/worlds/${name}.md`,
    }));
    const columns = [{ head: "WORLD" }, { head: "WHAT IS IN IT" }];
    return {
      json: list,
      text: `${table(
        columns,
        list.map(({ name, summary }) => [name, summary]),
      )}\n\nEach has a page: docs/worlds/NAME.md. podnet sandbox up --world NAME starts it.`,
    };
  },
});
