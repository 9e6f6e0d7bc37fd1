import assert from "node:assert/strict";
import { appendFileSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "../../cli/main";
import { worlds } from "../../sandbox/worlds";
import { ownCacheFolder } from "../support/cacheFolder";
import { podnet, podnetJson } from "../support/podnet";

describe("podnet sandbox, where nothing runs", function () {
  // The first that starts a sandbox loads what does.
  this.timeout(60_000);
  const cache = ownCacheFolder();
  const sandboxes = () => join(cache.path(), "eks-pod-network", "sandboxes");
  beforeEach(() => {
    rmSync(join(cache.path(), "eks-pod-network"), { recursive: true, force: true });
  });

  /** A sandbox of which nothing runs any more. */
  function dead(name: string, logs: Readonly<Record<string, string>> = {}): string {
    const folder = join(sandboxes(), name);
    mkdirSync(join(folder, "logs"), { recursive: true });
    mkdirSync(join(folder, "pids"));
    const record = {
      name,
      world: "small",
      folder,
      region: "us-west-2",
      accountId: "123456789012",
      clusterName: "small",
      server: "https://127.0.0.1:20001",
      awsEndpoint: "http://127.0.0.1:20002",
      motoEndpoint: "http://127.0.0.1:20003",
      kubeconfig: join(folder, "kubeconfig"),
      kubectl: "/kubectl",
      processes: [],
      startedAt: "2026-11-21T10:00:00.000Z",
      state: "ready",
    };
    writeFileSync(join(folder, "sandbox.json"), JSON.stringify(record));
    for (const [part, text] of Object.entries(logs)) {
      writeFileSync(join(folder, "logs", `${part}.log`), text);
      // No process has this number: Linux and macOS give none above 4194304.
      writeFileSync(join(folder, "pids", part), "99999999");
    }
    return folder;
  }

  it("worlds lists every world, each with a summary and a page that is there", async () => {
    const { code, json } = await podnetJson("sandbox worlds");
    assert.equal(code, 0);
    const listed = json as { name: string; summary: string; page: string }[];
    assert.deepEqual(
      listed.map(({ name }) => name),
      Object.keys(worlds),
    );
    const root = join(__dirname, "..", "..");
    assert.deepEqual(
      listed.filter(({ summary, page }) => summary === "" || !existsSync(join(root, page))),
      [],
    );
    const { stdout } = await podnet("sandbox worlds");
    for (const { name } of listed) assert.match(stdout, new RegExp(`^${name} `, "m"));
  });

  it("up says which world was meant, and where they are listed", async () => {
    const { code, stderr } = await podnet("sandbox up --world scatered");
    assert.equal(code, 2);
    assert.equal(
      stderr,
      'podnet sandbox up: 1 problem\n  --world: "scatered" is no world.\n' +
        "    -> Did you mean scattered? podnet sandbox worlds lists them all.\n",
    );
  });

  it("up takes a number of nodes for a world that may have any number only", async () => {
    assert.deepEqual(await podnet("sandbox up --nodes 50"), {
      code: 2,
      stdout: "",
      stderr:
        "podnet sandbox up: 1 problem\n  --nodes: the world small has a number of nodes of its own.\n" +
        "    -> Leave it out, or give --world large.\n",
    });
  });

  it("list names all of them with what they are, and says so when there is none", async () => {
    assert.deepEqual(await podnetJson("sandbox list"), { code: 0, json: [] });
    assert.equal(
      (await podnet("sandbox list")).stdout,
      "There is no sandbox. podnet sandbox up starts one.\n",
    );
    dead("one", { etcd: "" });
    mkdirSync(join(sandboxes(), "other"));
    writeFileSync(join(sandboxes(), "other", "sandbox.json"), "{}");
    const { stdout } = await podnet("sandbox list");
    assert.match(stdout, /^NAME +WORLD +STATE +SINCE +KUBERNETES +AWS\n/);
    assert.match(
      stdout,
      /\none +small +not well +2026-11-21T10:00:00\.000Z +- +http:\/\/127\.0\.0\.1:20002\n/,
    );
    assert.match(stdout, /\nother +- +unknown +- +- +-\n$/);
  });

  it("status says why a part ended, and the ways out", async () => {
    dead("default", { etcd: "fine\nwrite db: no space left on device\n" });
    const { code, stdout } = await podnet("sandbox status");
    assert.equal(code, 1);
    assert.match(stdout, /^default {2}not well {2}world small: - {2}since 2026-11-21T10:00:00\.000Z\n/);
    assert.match(stdout, /\netcd +99999999 +ended: disk full +- +- +keeps what the API server knows\n/);
    assert.match(stdout, /\nkwok +- +was not started +/);
    assert.match(
      stdout,
      /\n-> podnet sandbox logs etcd says what it wrote last\n-> podnet sandbox reset starts the world anew, podnet sandbox down removes it\n$/,
    );
  });

  it("down --all removes every one, and takes no --name", async () => {
    for (const name of ["one", "two"]) dead(name);
    const both = await podnet("sandbox down --all --name one");
    assert.equal(both.code, 2);
    assert.match(both.stderr, /--all: can't be had with --name\./);
    assert.deepEqual(readdirSync(sandboxes()), ["one", "two"]);
    assert.deepEqual(await podnetJson("sandbox down --all"), { code: 0, json: { removed: ["one", "two"] } });
    assert.deepEqual(readdirSync(sandboxes()), []);
    assert.equal((await podnet("sandbox down --all")).stdout, "There is no sandbox.\n");
  });

  const LOGS = {
    daemon: "2026-11-21T10:00:01.000Z one\n2026-11-21T10:00:03.000Z three\n",
    kwok: '{"time":"2026-11-21T10:00:02.000Z","msg":"two"}\n',
    moto: "2026-11-21T10:00:02.500Z a call\n",
  };

  it("logs tells what the parts wrote in the order of time, moto's only when it is asked for", async () => {
    dead("default", LOGS);
    const told = async (line: string) =>
      ((await podnetJson(line)).json as { text: string }[]).map(({ text }) => text.split(" ").at(-1));
    const kwok = '{"time":"2026-11-21T10:00:02.000Z","msg":"two"}';
    assert.deepEqual(await told("sandbox logs"), ["one", kwok, "three"]);
    assert.deepEqual(await told("sandbox logs moto daemon"), ["one", "call", "three"]);
    assert.deepEqual(await told("sandbox logs --tail 2"), [kwok, "three"]);
    assert.deepEqual(await told("sandbox logs --since 1s"), []);
    assert.deepEqual((await podnetJson("sandbox logs kwok")).json, [
      { part: "kwok", at: "2026-11-21T10:00:02.000Z", text: kwok },
    ]);
    assert.equal(
      (await podnet("sandbox logs daemon --tail 1")).stdout,
      "daemon                   2026-11-21T10:00:03.000Z three\n",
    );
  });

  it("logs refuses what is no part and no duration, and a sandbox that is not there", async () => {
    dead("default");
    assert.match(
      (await podnet("sandbox logs etc")).stderr,
      /PART: "etc" is no part .*\n +-> Did you mean etcd\?/,
    );
    assert.match((await podnet("sandbox logs --since 5")).stderr, /--since: "5" is no duration\./);
    const none = await podnet("sandbox logs --name none");
    assert.equal(none.code, 3);
    assert.match(none.stderr, /there is no sandbox none\n {2}-> podnet sandbox list/);
  });

  for (const [flags, line] of [
    ["", "daemon                   2026-11-21T10:00:05.000Z more"],
    [" --json", '{"part":"daemon","at":"2026-11-21T10:00:05.000Z","text":"2026-11-21T10:00:05.000Z more"}'],
  ] as const) {
    it(`logs --follow${flags} goes on with whole lines until Ctrl-C, one after the other`, async () => {
      const folder = dead("default", LOGS);
      const log = join(folder, "logs", "daemon.log");
      const controller = new AbortController();
      const lines: string[] = [];
      const stdout = (text: string) => {
        lines.push(text);
        // The second half of a line comes later than the first.
        if (lines.length === 3) appendFileSync(log, "2026-11-21T10:00:05.000Z mo");
        if (lines.length === 3)
          setTimeout(() => {
            appendFileSync(log, "re\n");
          }, 300);
        if (lines.length === 4) controller.abort();
      };
      const code = await run(`sandbox logs --follow${flags}`.split(" "), {
        stdout,
        stderr: () => undefined,
        isTTY: false,
        signal: controller.signal,
        readFile: () => "",
      });
      assert.deepEqual([code, lines.length, lines[3]], [0, 4, `${line}\n`]);
    });
  }

  it("logs --follow ends when nobody reads it any more", async () => {
    dead("default", LOGS);
    const lines: string[] = [];
    const code = await run(["sandbox", "logs", "--follow"], {
      stdout: (text) => void lines.push(text),
      isUnread: () => lines.length === 2,
      stderr: () => undefined,
      isTTY: false,
      signal: new AbortController().signal,
      readFile: () => "",
    });
    assert.deepEqual([code, lines.length], [0, 2]);
  });

  it("logs --follow ends with its sandbox", async () => {
    const folder = dead("default", LOGS);
    setTimeout(() => {
      rmSync(folder, { recursive: true });
    }, 300);
    assert.equal((await podnet("sandbox logs daemon --follow")).code, 0);
  });

  it("reset does nothing where there is no such sandbox", async () => {
    const { code, stderr } = await podnet("sandbox reset --name none");
    assert.equal(code, 3);
    assert.match(stderr, /there is no sandbox none\n {2}-> podnet sandbox up --name none starts it\.\n$/);
    assert.deepEqual(readdirSync(sandboxes()), []);
  });

  it("says what is wrong with a cache folder that can't be one, and exits with 3", async () => {
    const file = join(cache.path(), "file");
    writeFileSync(file, "");
    process.env.XDG_CACHE_HOME = file;
    const { code, stderr } = await podnet("sandbox up --world empty");
    assert.equal(code, 3);
    const start = `podnet sandbox up: Starting the sandbox failed: ${file}/eks-pod-network/sandboxes can't be written: `;
    assert.equal(stderr.slice(0, start.length), start);
    assert.match(stderr, /\n {2}-> Set XDG_CACHE_HOME to a folder in which you may write\.\n$/);
  });

  it("says that there is no home folder to keep anything in", async () => {
    const { HOME } = process.env;
    process.env.HOME = "";
    process.env.XDG_CACHE_HOME = "";
    try {
      const { code, stderr } = await podnet("sandbox up --world empty");
      assert.equal(code, 3);
      assert.match(
        stderr,
        /HOME is ""\n {2}-> Set HOME, or XDG_CACHE_HOME to a folder in which you may write\.\n$/,
      );
    } finally {
      process.env.HOME = HOME;
    }
  });
});
