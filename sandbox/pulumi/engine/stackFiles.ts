import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { DeploymentJson } from "./deploymentJson";

/** Which stack of which project. */
export interface StackName {
  readonly project: string;
  readonly stack: string;
}

/** One entry of a stack's history. */
export interface UpdateRecord {
  readonly kind: "update" | "preview" | "refresh" | "destroy" | "import" | "rename";
  /** Seconds since 1970. */
  readonly startTime: number;
  readonly message: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly config: Readonly<Record<string, unknown>>;
  readonly version: number;
  readonly result: "succeeded" | "failed";
  /** Seconds since 1970. */
  readonly endTime: number;
  readonly resourceChanges?: Readonly<Record<string, number>>;
}

interface CheckpointFile {
  readonly version: number;
  readonly checkpoint: { readonly stack: string; readonly latest?: DeploymentJson };
}

/** The version of the deployment JSON that is written and read. */
const DEPLOYMENT_VERSION = 3;

/**
 * The states of stacks in a folder, laid out as Pulumi's backend for files does it:
 * `.pulumi/{stacks,history,backups,locks}/PROJECT/STACK…`.
 */
export class StackFiles {
  /** @param folder of a `file://` backend; `.pulumi` is made in it. */
  constructor(readonly folder: string) {}

  /** @returns undefined when there is no such stack; a stack that was never updated has no deployment. */
  read(name: StackName): { readonly deployment: DeploymentJson | undefined } | undefined {
    const path = this.#stackPath(name);
    if (!existsSync(path)) return undefined;
    const file = JSON.parse(readFileSync(path, "utf8")) as CheckpointFile;
    if (file.version !== DEPLOYMENT_VERSION)
      throw new Error(
        `${path} has version ${file.version}; only version ${DEPLOYMENT_VERSION} is understood`,
      );
    return { deployment: file.checkpoint.latest };
  }

  /** Writes a stack whole: whoever reads meanwhile sees the one before. The one before is kept as `.bak`. */
  write(name: StackName, deployment: DeploymentJson | undefined): void {
    const path = this.#stackPath(name);
    const file: CheckpointFile = {
      version: DEPLOYMENT_VERSION,
      checkpoint: {
        stack: `organization/${name.project}/${name.stack}`,
        ...(deployment && { latest: deployment }),
      },
    };
    const attempt = `${path}.${process.pid}.tmp`;
    writeText(attempt, JSON.stringify(file));
    if (existsSync(path)) writeText(`${path}.bak`, readFileSync(path, "utf8"));
    writeText(join(this.folder, ".pulumi", "meta.yaml"), "version: 1\n");
    renameSync(attempt, path);
  }

  /** All stacks of a project, or of all projects. */
  list(project?: string): StackName[] {
    const stacks = join(this.folder, ".pulumi", "stacks");
    const projects = project === undefined ? namesIn(stacks) : [project];
    return projects.flatMap((of) =>
      namesIn(join(stacks, of))
        .filter((file) => file.endsWith(".json"))
        .map((file) => ({ project: of, stack: file.slice(0, -".json".length) })),
    );
  }

  /** Removes a stack with its history; its last state stays among the backups. */
  remove(name: StackName): void {
    this.#backup(name);
    for (const path of [this.#stackPath(name), `${this.#stackPath(name)}.bak`, this.#historyFolder(name)])
      rmSync(path, { recursive: true, force: true });
  }

  /** Notes an update in the history, with the state that it left behind. */
  addHistory(name: StackName, record: UpdateRecord): void {
    const prefix = join(this.#historyFolder(name), `${name.stack}-${nanoseconds()}`);
    writeText(`${prefix}.history.json`, JSON.stringify(record));
    writeText(`${prefix}.checkpoint.json`, readFileSync(this.#stackPath(name), "utf8"));
    this.#backup(name);
  }

  /** The updates of a stack, the newest first. */
  history(name: StackName): UpdateRecord[] {
    const folder = this.#historyFolder(name);
    return namesIn(folder)
      .filter((file) => file.endsWith(".history.json"))
      .sort()
      .reverse()
      .map((file) => JSON.parse(readFileSync(join(folder, file), "utf8")) as UpdateRecord);
  }

  /** Where locks of a stack lie. */
  lockFolder(name: StackName): string {
    return join(this.folder, ".pulumi", "locks", "organization", name.project, name.stack);
  }

  /** Where the tags of a stack lie. */
  tagsPath(name: StackName): string {
    return join(this.folder, ".pulumi", "stacks", name.project, `${name.stack}.pulumi-tags`);
  }

  #stackPath(name: StackName): string {
    return join(this.folder, ".pulumi", "stacks", name.project, `${name.stack}.json`);
  }

  #historyFolder(name: StackName): string {
    return join(this.folder, ".pulumi", "history", name.project, name.stack);
  }

  #backup(name: StackName): void {
    const folder = join(this.folder, ".pulumi", "backups", name.project, name.stack);
    writeText(
      join(folder, `${name.stack}.${nanoseconds()}.json`),
      readFileSync(this.#stackPath(name), "utf8"),
    );
  }
}

function namesIn(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder) : [];
}

function writeText(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text, { mode: 0o600 });
}

/** Nanoseconds since 1970, as far as the clock knows them: always more than the last time. */
function nanoseconds(): string {
  const now = BigInt(Math.round((performance.timeOrigin + performance.now()) * 1000)) * 1000n;
  last = now > last ? now : last + 1n;
  return last.toString();
}
let last = 0n;
