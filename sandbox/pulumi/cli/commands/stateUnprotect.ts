import type { Command } from "../command";
import { stackNotFound } from "../exitCode";
import { UsageError } from "../flags";
import { readSnapshot } from "../stackState";
import { Workspace } from "../workspace";
import { writeSnapshot } from "../writeSnapshot";

/** Nobody is asked here, as by Pulumi where there is no terminal. */
export const stateUnprotect: Command = {
  summary: "Lift the protection of resources of a stack",
  flags: { all: { kind: "switch" }, yes: { kind: "switch", short: "y" } },
  run: (given, outside) => {
    const workspace = new Workspace(given, outside);
    const name = workspace.stack;
    if (workspace.files.read(name) === undefined) throw stackNotFound(name.stack);
    const isAll = given.has("all");
    if (!isAll && given.args.length === 0)
      throw new UsageError("must supply at least one resource URN, or --all");
    const crypter = workspace.crypter(name);
    const snapshot = readSnapshot(workspace, name, crypter);
    const missing = given.args.find((urn) => snapshot.resources.every((state) => state.urn !== urn));
    if (missing !== undefined)
      throw new Error(`No such resource ${JSON.stringify(missing)} exists in the current state`);
    const resources = snapshot.resources.map((state) =>
      isAll || given.args.includes(state.urn) ? { ...state, protect: false } : state,
    );
    writeSnapshot(workspace, name, { ...snapshot, resources }, crypter);
    outside.stdout(isAll ? "All resources unprotected\n" : "Resource unprotected\n");
    return 0;
  },
};
