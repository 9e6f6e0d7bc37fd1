import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { randomUUID } from "node:crypto";
import type * as provider from "@pulumi/pulumi/provider";

/** What the resources of these tests have; the rest is whatever a test likes. */
interface Properties {
  readonly invalid?: string;
  readonly fail?: string;
  readonly failDelete?: string;
  readonly slow?: number;
  readonly made?: string;
  readonly [key: string]: unknown;
}

/**
 * A provider whose world is a folder: a resource is a file in it, and every call is a line of its log.
 *
 * What a resource's inputs say it does: `replace` can only be had by another resource, `deleteFirst` makes that one
 * come after the old one is gone, `fail` refuses to create, `slow` takes so many milliseconds, `invalid` is refused
 * when it is checked.
 */
export class FolderProvider implements provider.Provider {
  readonly version = "1.2.3";
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
    mkdirSync(folder, { recursive: true });
  }

  check = (urn: string, olds: Properties, news: Properties): Promise<provider.CheckResult> => {
    const { invalid, ...rest } = news;
    this.#log("check", urn);
    const failures = invalid === undefined ? [] : [{ property: "invalid", reason: invalid }];
    return Promise.resolve({ inputs: { ...rest, defaulted: olds.defaulted ?? "by the provider" }, failures });
  };

  /** Whether anything but these changed is left to the engine, which compares the inputs then. */
  /** Whether anything but these changed is left to the engine, which compares the inputs then. */
  diff = (_id: string, _urn: string, olds: Properties, news: Properties): Promise<provider.DiffResult> => {
    const replaces = ["replace", "deleteFirst"].filter(
      (key) => JSON.stringify(olds[key]) !== JSON.stringify(news[key]),
    );
    if (replaces.length === 0) return Promise.resolve({});
    return Promise.resolve({
      changes: true,
      replaces,
      deleteBeforeReplace: replaces.includes("deleteFirst"),
    });
  };

  create = async (urn: string, inputs: Properties): Promise<provider.CreateResult> => {
    this.#log("create", urn);
    await this.#take(inputs);
    const id = `${name(urn)}-${randomUUID().slice(0, 8)}`;
    const outs = { ...inputs, made: id, echo: inputs.value ?? null };
    writeFileSync(this.#path(id), JSON.stringify(outs));
    this.#log("created", urn);
    return { id, outs };
  };

  update = async (
    id: string,
    urn: string,
    _olds: Properties,
    news: Properties,
  ): Promise<provider.UpdateResult> => {
    this.#log("update", urn);
    await this.#take(news);
    const outs = { ...news, made: id, echo: news.value ?? null };
    writeFileSync(this.#path(id), JSON.stringify(outs));
    return { outs };
  };

  delete = async (id: string, urn: string, props: Properties): Promise<void> => {
    this.#log("delete", urn);
    await this.#take({ slow: props.slow ?? 0 });
    if (props.failDelete !== undefined) throw new Error(props.failDelete);
    rmSync(this.#path(id));
    this.#log("deleted", urn);
  };

  read = (id: string, urn: string, known: Properties): Promise<provider.ReadResult> => {
    this.#log("read", urn);
    if (!existsSync(this.#path(id))) {
      // The SDK's server can say that something is gone, but not that it never was.
      if (known.made === undefined) return Promise.reject(new Error(`resource '${id}' does not exist`));
      return Promise.resolve({ id: "", props: {} });
    }
    const props = JSON.parse(readFileSync(this.#path(id), "utf8")) as Properties;
    const inputs = Object.fromEntries(
      Object.entries(props).filter(([key]) => key !== "made" && key !== "echo"),
    );
    return Promise.resolve({ id, props, inputs });
  };

  invoke = (token: string, args: Properties): Promise<provider.InvokeResult> => {
    this.#log("invoke", token);
    if (token !== "folder:index:double") return Promise.reject(new Error(`no function ${token}`));
    return Promise.resolve({ outputs: { result: Number(args.number) * 2 } });
  };

  cancel = (): Promise<void> => {
    this.#log("cancel", "");
    return Promise.resolve();
  };

  async #take({ slow, fail }: Properties): Promise<void> {
    if (slow !== undefined) await new Promise((resolve) => setTimeout(resolve, slow));
    if (fail !== undefined) throw new Error(fail);
  }

  #path(id: string): string {
    return join(this.#folder, `${id}.json`);
  }

  #log(what: string, urn: string): void {
    appendFileSync(join(this.#folder, "log.txt"), `${what} ${name(urn)}\n`);
  }
}

function name(urn: string): string {
  return urn.slice(urn.lastIndexOf("::") + 2);
}
