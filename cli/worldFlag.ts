import { likelyName } from "../planning/nearestNames";
import { shown } from "../planning/problem";
import { worlds, type WorldName } from "../sandbox/worlds";
import { refuse, text, type Flag } from "./flag";

/** Which world. There are too many to name them all in a help. */
export function worldFlag(help: string): Flag<WorldName> {
  return {
    ...text("<world>", help),
    read: (given) => {
      const name = given.at(-1) ?? "";
      if (isWorld(name)) return { value: name };
      const meant = likelyName(name, Object.keys(worlds));
      const { refusal } = refuse(
        `${shown(name)} is no world.`,
        `${meant === undefined ? "" : `Did you mean ${meant}? `}podnet sandbox worlds lists them all.`,
      );
      return { refusals: [refusal] };
    },
  };
}

function isWorld(name: string): name is WorldName {
  return Object.hasOwn(worlds, name);
}
