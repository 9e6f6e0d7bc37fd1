import assert from "node:assert/strict";
import { GithubError } from "../../../automation/comment/githubError";
import { postComment, roomBeside } from "../../../automation/comment/postComment";
import { PlayedGithub, type PlayedFailure } from "../../support/playedGithub";

const pullRequest = { owner: "shop", repository: "infra", number: 12 };
const MARKER = "<!-- podnet: preview -->";
const url = (id: number) => `https://github.example/shop/infra/pull/12#issuecomment-${id}`;

describe("postComment", () => {
  let github: PlayedGithub;
  let slept: number[];
  let nowMs: number;

  beforeEach(async () => {
    github = new PlayedGithub();
    slept = [];
    nowMs = Date.UTC(2026, 0, 1);
    await github.start();
  });
  afterEach(() => github.stop());

  const post = (text = "### now", given: { token?: string; signal?: AbortSignal; marker?: string } = {}) =>
    postComment(pullRequest, given.marker ?? "preview", text, {
      apiUrl: github.apiUrl,
      token: given.token ?? github.token,
      signal: given.signal ?? new AbortController().signal,
      clock: {
        now: () => nowMs,
        sleep: (milliseconds) => {
          slept.push(milliseconds);
          nowMs += milliseconds;
          return Promise.resolve();
        },
      },
    });
  const failing = (at: RegExp, failure: PlayedFailure) => github.failures.push({ at, failure });
  const writes = () => github.requests.filter((request) => !/^GET |graphql/.test(request));

  it("makes a comment, and the next time writes the same one anew", async () => {
    assert.deepEqual(await post("### before"), { kind: "created", url: url(1) });
    assert.deepEqual(await post("### now"), { kind: "updated", url: url(1) });
    assert.deepEqual(
      github.comments.map(({ body }) => body),
      [`${MARKER}\n### now`],
    );
  });

  it("leaves one that says the same as it is", async () => {
    await post();
    assert.deepEqual(await post(), { kind: "unchanged", url: url(1) });
    assert.deepEqual(writes(), ["POST /repos/shop/infra/issues/12/comments"]);
  });

  it("finds it behind more comments than a page holds", async () => {
    for (let index = 0; index < 230; index++) github.has("alice", `comment ${index}`);
    const ours = github.has(github.viewer, `${MARKER}\n### before`);
    assert.deepEqual(await post(), { kind: "updated", url: url(ours.id) });
    assert.equal(github.requests.filter((request) => request.startsWith("GET ")).length, 3);
  });

  it("leaves those of others alone, whatever they begin with, and those that only quote the marker", async () => {
    github.has("mallory", `${MARKER}\n### mine`);
    github.has("github-actions", `${MARKER}\n### mine`);
    github.has(github.viewer, `> ${MARKER}\n### quoted`);
    github.has(github.viewer, `${MARKER} and more`);
    assert.deepEqual(await post(), { kind: "created", url: url(5) });
    assert.deepEqual(writes(), ["POST /repos/shop/infra/issues/12/comments"]);
  });

  it("asks whose token it is by REST where a server has no GraphQL", async () => {
    github.has("mallory", `${MARKER}\n### mine`);
    const ours = github.has("forgejo-actions", `${MARKER}\n### before`);
    failing(/graphql/, { status: 404 });
    failing(/^GET \/user$/, { status: 200, body: { login: "forgejo-actions" } });
    assert.deepEqual(await post(), { kind: "updated", url: url(ours.id) });
  });

  it("goes by the marker alone where a server tells nobody's name", async () => {
    const ours = github.has("somebody", `${MARKER}\n### before`);
    failing(/graphql/, { status: 404 });
    assert.deepEqual(await post(), { kind: "updated", url: url(ours.id) });
  });

  it("keeps comments of several purposes apart", async () => {
    await post("### one", { marker: "one" });
    await post("### two", { marker: "two" });
    assert.deepEqual(await post("### 2", { marker: "two" }), { kind: "updated", url: url(2) });
    assert.equal(github.comments[0]?.body, "<!-- podnet: one -->\n### one");
  });

  it("keeps the first of those that two jobs have made at the same time", async () => {
    github.has(github.viewer, `${MARKER}\n### first`);
    github.has(github.viewer, `${MARKER}\n### second`);
    assert.deepEqual(await post(), { kind: "updated", url: url(1) });
    assert.deepEqual(
      github.comments.map(({ id, body }) => [id, body]),
      [[1, `${MARKER}\n### now`]],
    );
  });

  it("takes a text as long as there is room beside its marker", async () => {
    assert.equal((await post("x".repeat(roomBeside("preview")))).kind, "created");
    assert.equal(github.comments[0]?.body.length, 65_536);
  });

  it("asks again after 5xx, and does not write twice what was written behind one", async () => {
    failing(/^POST \/repos/, { status: 502, isDone: true });
    assert.deepEqual(await post(), { kind: "unchanged", url: url(1) });
    assert.equal(github.comments.length, 1);
    assert.deepEqual(slept, [1_000]);
  });

  it("asks again where a connection breaks", async () => {
    failing(/^GET /, { status: 0, isBroken: true });
    assert.deepEqual(await post(), { kind: "created", url: url(1) });
    assert.deepEqual(slept, [1_000]);
  });

  it("waits as long as a secondary rate limit says", async () => {
    const body = { message: "You have exceeded a secondary rate limit. Please wait a few minutes." };
    failing(/^POST \/repos/, { status: 403, headers: { "retry-after": "37" }, body });
    failing(/^POST \/repos/, { status: 429, headers: { "retry-after": "0" }, body });
    assert.deepEqual(await post(), { kind: "created", url: url(1) });
    assert.deepEqual(slept, [37_000, 0]);
  });

  it("waits a minute where a secondary rate limit does not say for how long, and then longer", async () => {
    const body = { message: "You have exceeded a secondary rate limit." };
    failing(/^POST \/repos/, { status: 403, body });
    failing(/^POST \/repos/, { status: 403, body });
    assert.deepEqual(await post(), { kind: "created", url: url(1) });
    assert.deepEqual(slept, [60_000, 120_000]);
  });

  it("waits until the primary rate limit is over", async () => {
    const reset = String(nowMs / 1_000 + 90);
    const headers = { "x-ratelimit-remaining": "0", "x-ratelimit-reset": reset };
    failing(/^GET /, { status: 403, headers, body: { message: "API rate limit exceeded" } });
    assert.deepEqual(await post(), { kind: "created", url: url(1) });
    assert.deepEqual(slept, [91_000]);
  });

  it("waits where the limit is that of GraphQL, which says so with 200", async () => {
    const errors = [{ type: "RATE_LIMITED", message: "API rate limit exceeded" }];
    failing(/graphql/, { status: 200, body: { data: null, errors } });
    assert.deepEqual(await post(), { kind: "created", url: url(1) });
    assert.deepEqual(slept, [60_000]);
  });

  it("does not wait for a limit that lasts too long, and says when to come again", async () => {
    const headers = { "x-ratelimit-remaining": "0", "x-ratelimit-reset": String(nowMs / 1_000 + 3_000) };
    failing(/^GET /, { status: 403, headers, body: { message: "API rate limit exceeded" } });
    await assert.rejects(post(), (error) => {
      assert.ok(error instanceof GithubError);
      assert.match(error.message, /^writing a comment into shop\/infra#12: API rate limit exceeded/);
      assert.equal(error.fix, "Try again in 51 min; others may use the same token too often.");
      assert.equal(error.mayNotWrite, false);
      return true;
    });
    assert.deepEqual(slept, []);
  });

  it("ends when GitHub fails for longer than ten minutes", async () => {
    for (let index = 0; index < 20; index++) failing(/graphql/, { status: 503 });
    await assert.rejects(post(), (error) => {
      assert.ok(error instanceof GithubError);
      assert.match(error.message, /^writing a comment into shop\/infra#12: 503 played/);
      assert.match(error.fix, /githubstatus/);
      return true;
    });
    assert.ok(slept.reduce((sum, one) => sum + one, 0) <= 600_000);
    assert.deepEqual(slept.slice(0, 4), [1_000, 2_000, 4_000, 8_000]);
  });

  it("says that a token may not write", async () => {
    github.mayWrite = false;
    await assert.rejects(post(), (error) => {
      assert.ok(error instanceof GithubError);
      assert.match(
        error.message,
        /^writing a comment into shop\/infra#12: 403 Resource not accessible by integration/,
      );
      assert.equal(error.mayNotWrite, true);
      assert.match(error.fix, /pull-requests: write/);
      return true;
    });
    assert.deepEqual(slept, []);
  });

  it("says that a token is none, and never says it", async () => {
    await assert.rejects(post("### now", { token: "ghp_wrong" }), (error) => {
      assert.ok(error instanceof GithubError);
      assert.match(error.message, /401 Bad credentials/);
      assert.equal(error.mayNotWrite, false);
      assert.doesNotMatch(`${error.message} ${error.fix}`, /ghp_wrong/);
      return true;
    });
  });

  it("ends with the reason of whoever stops it", async () => {
    const stopped = new AbortController();
    stopped.abort(new Error("enough"));
    await assert.rejects(post("### now", { signal: stopped.signal }), /^Error: enough$/);
    assert.deepEqual(github.requests, []);
  });
});
