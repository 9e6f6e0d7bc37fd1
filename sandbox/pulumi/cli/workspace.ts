import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { StackFiles, type StackName } from "../engine/stackFiles";
import { passphraseCrypter, passphraseOf, type Crypter } from "../engine/secrets";
import type { Outside } from "./command";
import { stackNotFound } from "./exitCode";
import type { Given } from "./flags";
import { findProject, type Project } from "./projectFile";
import { StackSettings } from "./stackSettings";

/** What commands work on: a project, its backend and the stack that is meant. */
export class Workspace {
  readonly folder: string;
  readonly #outside: Outside;
  readonly #given: Given;

  constructor(given: Given, outside: Outside) {
    this.folder = resolve(outside.cwd, given.text("cwd") ?? ".");
    this.#given = given;
    this.#outside = outside;
  }

  get project(): Project {
    const project = findProject(this.folder);
    if (project === undefined)
      throw new Error(
        `no Pulumi.yaml project file found (searching upwards from ${this.folder}). If you have not created a project yet, use \`pulumi new\` to do so`,
      );
    return project;
  }

  /** `file://…` of the backend. */
  get backendUrl(): string {
    const { PULUMI_BACKEND_URL } = this.#outside.env;
    const url = PULUMI_BACKEND_URL ?? findProject(this.folder)?.backendUrl;
    if (url === undefined || url === "")
      throw new Error(
        "no backend is set: set PULUMI_BACKEND_URL to file://FOLDER; the stand-in for Pulumi has no other",
      );
    if (!url.startsWith("file://"))
      throw new Error(
        `the backend is ${url}; the stand-in for Pulumi keeps state in folders alone: file://FOLDER`,
      );
    if (!url.startsWith("file://~"))
      return pathToFileURL(resolve(this.folder, url.slice("file://".length))).href;
    return pathToFileURL(join(homedir(), url.slice("file://~".length))).href;
  }

  get files(): StackFiles {
    return new StackFiles(fileURLToPath(this.backendUrl));
  }

  /**
   * A stack's name from what people write: `dev`, `organization/dev` or `organization/project/dev`.
   *
   * @throws Error when it can't be one.
   */
  nameOf(text: string): StackName {
    const parts = text.split("/");
    const stack = parts.at(-1) ?? "";
    if (parts.length > 3 || !/^[\w.-]{1,100}$/.test(stack))
      throw new Error(
        `invalid stack name '${text}': a stack name may only contain alphanumeric, hyphens, underscores, or periods`,
      );
    if (parts.length > 1 && parts[0] !== "organization")
      throw new Error(`organization name must be 'organization', not '${String(parts[0])}'`);
    return { stack, project: parts.length === 3 ? String(parts[1]) : this.project.name };
  }

  /**
   * The stack that is meant: by --stack, by PULUMI_STACK, or the one that was selected.
   *
   * @throws Error when none is meant or there is no such stack.
   */
  get stack(): StackName {
    const named = this.#given.text("stack") ?? this.#outside.env.PULUMI_STACK ?? this.selected;
    if (named === undefined)
      throw new Error(
        "no stack selected; please use `pulumi stack select` or `pulumi stack init` to choose one, or --stack",
      );
    const name = this.nameOf(named);
    if (this.files.read(name) === undefined) throw stackNotFound(name.stack);
    return name;
  }

  /** The name of the selected stack; undefined when none is. */
  get selected(): string | undefined {
    if (!existsSync(this.#selectionPath)) return undefined;
    const { stacks, stack } = JSON.parse(readFileSync(this.#selectionPath, "utf8")) as Selection;
    return stacks?.[this.backendUrl] ?? stack;
  }

  select(name: StackName | undefined): void {
    const before = existsSync(this.#selectionPath)
      ? (JSON.parse(readFileSync(this.#selectionPath, "utf8")) as Selection)
      : {};
    const others = Object.entries(before.stacks ?? {}).filter(([url]) => url !== this.backendUrl);
    const stacks = {
      ...Object.fromEntries(others),
      ...(name && { [this.backendUrl]: `organization/${name.project}/${name.stack}` }),
    };
    mkdirSync(dirname(this.#selectionPath), { recursive: true });
    writeFileSync(this.#selectionPath, JSON.stringify({ stacks }, null, 4));
  }

  /** Pulumi's own file: one for each project file, named by its path. */
  get #selectionPath(): string {
    const home = this.#outside.env.PULUMI_HOME ?? join(homedir(), ".pulumi");
    const { name, path } = this.project;
    const digest = createHash("sha1").update(path).digest("hex");
    return join(home, "workspaces", `${name}-${digest}-workspace.json`);
  }

  settings(name: StackName): StackSettings {
    const file = this.#given.text("config-file");
    return new StackSettings(
      this.project.configFolder,
      name.stack,
      file === undefined ? undefined : resolve(this.folder, file),
    );
  }

  /**
   * What encrypts a stack's secrets: by the salt of its settings, else of its state, else by a new one.
   *
   * @throws Error when the stack has another provider of secrets.
   */
  crypter(name: StackName): Crypter {
    const settings = this.settings(name);
    if (settings.secretsProvider !== undefined)
      throw new Error(
        `${settings.path} has the secrets provider ${settings.secretsProvider}; the stand-in for Pulumi knows the passphrase alone`,
      );
    const salt = settings.salt ?? this.files.read(name)?.deployment?.secrets_providers?.state?.salt;
    const passphrase = passphraseOf(this.#outside.env, (path) => readFileSync(path, "utf8"));
    return passphraseCrypter(passphrase, salt);
  }
}

interface Selection {
  readonly stacks?: Readonly<Record<string, string>>;
  /** As older versions have it. */
  readonly stack?: string;
}
