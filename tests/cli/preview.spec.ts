import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { OutsideError } from "../../cli/outsideError";
import { postingPlace, postPreviews, type PostingPlace } from "../../cli/previewPosting";
import { describePreviews } from "../../cli/previewText";
import { InvalidInputError } from "../../planning/problem";
import { changeOf, SUBNET } from "../support/changes";
import { quietPreview } from "../support/environmentPreview";
import { PlayedGithub } from "../support/playedGithub";
import { podnet, podnetJson } from "../support/podnet";
import { temporaryFolder } from "../support/temporaryFolder";

const io = {
  readFile: (path: string) => {
    if (path === "/event.json") return JSON.stringify({ pull_request: { number: 12 } });
    throw new Error(`no ${path}`);
  },
};
const job = {
  GITHUB_TOKEN: "ghs_played",
  GITHUB_REPOSITORY: "shop/infra",
  GITHUB_EVENT_PATH: "/event.json",
  GITHUB_REF: "refs/heads/main",
};

describe("where a preview is posted", () => {
  it("is the pull request of the job", () => {
    assert.deepEqual(postingPlace({}, { ...job, GITHUB_API_URL: "https://git.shop.example/api/v3" }, io), {
      kind: "comment",
      pullRequest: { owner: "shop", repository: "infra", number: 12 },
      token: "ghs_played",
      apiUrl: "https://git.shop.example/api/v3",
      marker: "preview",
      summary: undefined,
    });
  });

  it("is what flags say before what the job says", () => {
    const flags = { repository: "shop/apps", pullRequest: 7, marker: "network" };
    const place = postingPlace(flags, { ...job, GITHUB_EVENT_PATH: "/gone" }, io);
    assert.deepEqual(place.kind === "comment" && [place.pullRequest, place.marker, place.apiUrl], [
      { owner: "shop", repository: "apps", number: 7 },
      "network",
      "https://api.github.com",
    ]);
  });

  it("is the summary of the job where there is no token, whatever else is missing", () => {
    assert.deepEqual(postingPlace({}, { GITHUB_TOKEN: "", GITHUB_STEP_SUMMARY: "/summary.md" }, io), {
      kind: "summary",
      summary: "/summary.md",
      because: "GITHUB_TOKEN is not set",
    });
  });

  it("is told to be missing before anything is done", () => {
    assert.throws(() => postingPlace({}, {}, io), /GITHUB_TOKEN is not set/);
    assert.throws(() => postingPlace({}, { GITHUB_TOKEN: "x" }, io), InvalidInputError);
  });
});

describe("posting previews", () => {
  const signal = new AbortController().signal;
  let github: PlayedGithub;
  beforeEach(async () => {
    github = new PlayedGithub();
    await github.start();
  });
  afterEach(() => github.stop());

  const place = (summary?: string): PostingPlace => ({
    kind: "comment",
    pullRequest: { owner: "shop", repository: "infra", number: 12 },
    token: github.token,
    apiUrl: github.apiUrl,
    marker: "preview",
    summary,
  });

  it("writes one comment that GitHub takes, however much there is to say", async () => {
    const changes = Array.from({ length: 2_000 }, (_, index) =>
      changeOf("create", SUBNET, `pods-${index}`, { after: { cidrBlock: "100.64.0.0/28" } }),
    );
    const posted = await postPreviews([{ ...quietPreview, changes }], place(), signal);
    assert.equal(posted.kind, "created");
    const [comment] = github.comments;
    assert.match(comment?.body ?? "", /^<!-- podnet: preview -->\n### Pod network: 1 environment changes\n/);
    assert.match(comment?.body ?? "", /Left out, for a comment has no more room:/);
  });

  it("goes into the summary of the job where the token may not write, as for a fork", async () => {
    github.mayWrite = false;
    const summary = join(temporaryFolder(), "summary.md");
    writeFileSync(summary, "before\n");
    const posted = await postPreviews([quietPreview], place(summary), signal);
    assert.equal(posted.kind, "summary");
    assert.match(readFileSync(summary, "utf8"), /^before\n### Pod network: nothing changes\n/);
    assert.deepEqual(github.comments, []);
  });

  it("fails where there is neither", async () => {
    github.mayWrite = false;
    await assert.rejects(postPreviews([quietPreview], place(), signal), (error) => {
      assert.ok(error instanceof OutsideError);
      assert.match(error.message, /^Posting the preview failed: writing a comment into shop\/infra#12: 403/);
      assert.match(error.fix, /pull-requests: write/);
      return true;
    });
  });

  it("does not hide a wrong token in a summary", async () => {
    const summary = join(temporaryFolder(), "summary.md");
    const wrong = { ...place(summary), token: "ghp_wrong" } as PostingPlace;
    await assert.rejects(postPreviews([quietPreview], wrong, signal), OutsideError);
    assert.ok(!existsSync(summary));
  });
});

describe("podnet preview", function () {
  this.timeout(60_000);

  const withEnv = async <T>(env: Readonly<Record<string, string>>, act: () => Promise<T>): Promise<T> => {
    const before = Object.fromEntries(Object.keys(env).map((key) => [key, process.env[key]]));
    Object.assign(process.env, env);
    try {
      return await act();
    } finally {
      for (const [key, value] of Object.entries(before)) {
        if (value === undefined) Reflect.deleteProperty(process.env, key);
        else process.env[key] = value;
      }
    }
  };

  it("tells people in the pull request that there is no preview, and why, and fails", async () => {
    const github = new PlayedGithub();
    await github.start();
    const folder = temporaryFolder();
    const files = { "environments.yaml": "environments: [{ name: prod, region: us-west-2 }]" };
    try {
      const line = `preview prod --file environments.yaml --pulumi-root ${folder} --post --repository shop/infra --pull-request 12`;
      const env = { GITHUB_TOKEN: github.token, GITHUB_API_URL: github.apiUrl };
      const { code, stdout, stderr } = await withEnv(env, () => podnet(line, files));
      assert.equal(code, 3);
      assert.equal(
        stdout,
        `Pod network: prod could not be previewed.\n\nprod: could not be previewed: Starting pulumi failed: there is no pulumi in ${folder}/bin\n  -> Install it as https://www.pulumi.com/docs/install says, or give its folder with --pulumi-root.\n`,
      );
      assert.match(
        stderr,
        /note: the comment was created: https:\/\/github\.example\/shop\/infra\/pull\/12#issuecomment-1\n/,
      );
      assert.match(github.comments[0]?.body ?? "", /### Pod network: `prod` could not be previewed\n/);
    } finally {
      await github.stop();
    }
  });

  it("previews several environments in processes of their own, and hides none that fails", async () => {
    const folder = temporaryFolder();
    const file = join(folder, "environments.yaml");
    writeFileSync(
      file,
      "environments: [{ name: dev, region: us-west-2 }, { name: prod, region: us-west-2, after: [dev] }]",
    );
    const files = { [file]: readFileSync(file, "utf8") };
    const flags = `--file ${file} --work-dir ${folder} --pulumi-root ${folder}`;
    const failed = (environment: string) => ({
      environment,
      error: {
        message: `Starting pulumi failed: there is no pulumi in ${folder}/bin`,
        fix: "Install it as https://www.pulumi.com/docs/install says, or give its folder with --pulumi-root.",
      },
    });
    const { code, json } = await podnetJson(`preview --all ${flags}`, files);
    assert.deepEqual({ code, json }, { code: 3, json: { environments: [failed("dev"), failed("prod")] } });
    const { stdout } = await podnet(`preview prod dev --format markdown ${flags}`, files);
    assert.match(stdout, /^### Pod network: `dev` and `prod` could not be previewed\n/);
  });

  it("prints one document, in one format", async () => {
    const { code, stderr } = await podnet("preview prod --format markdown --json");
    assert.equal(code, 2);
    assert.match(stderr, /--format: "markdown" and --json can't both be printed\./);
  });

  it("takes no marker that could end what it is in", async () => {
    const files = {
      [join("stacks", "environments.yaml")]: "environments: [{ name: prod, region: us-west-2 }]",
    };
    const { code, stderr } = await podnet("preview prod --post --marker -->", files);
    assert.equal(code, 2);
    assert.match(stderr, /--marker: it is no name of up to 60 letters/);
  });
});

describe("the text of previews", () => {
  it("names each setting that changes, those in an add-on's configuration too", () => {
    const values = (env: object) => ({ configurationValues: JSON.stringify({ env }), preserve: true });
    const addOn = changeOf("update", "aws:eks/addon:Addon", "cni", {
      changedProperties: ["configurationValues"],
      before: values({ WARM_ENI_TARGET: "1" }),
      after: values({ AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG: "true", WARM_ENI_TARGET: "2" }),
    });
    const [, , ...table] = describePreviews([{ ...quietPreview, changes: [addOn] }]).split("\n");
    assert.deepEqual(table.slice(0, 3), [
      "OPERATION  TYPE           NAME  PROPERTIES",
      "update     aws eks Addon  cni   configurationValues.env.AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG",
      "                                configurationValues.env.WARM_ENI_TARGET",
    ]);
  });

  it("says what would change, what it means, and what to look at", () => {
    const preview = {
      ...quietPreview,
      changes: [changeOf("delete", SUBNET, "pods-us-west-2c")],
      lookAt: [
        {
          line: "deletes the subnet 100.64.64.0/19 of us-west-2c, with 212 pods in it",
          danger: { id: "SUBNET-LOST" as const, resource: "pods-us-west-2c" },
          evidence: ["Pods in it keep it from going."],
          wayOut: "Give its zone back.",
        },
      ],
      rotation: {
        ...{ nodes: 130, oldNodes: 118, pods: 900, seconds: 10_700, undrainable: [] },
        waitsFor: [{ budget: "payments/ledger", atOnce: 1, pods: 3 }],
      },
      warnings: ["WARM_ENI_TARGET is not what was asked for"],
      notSeen: ["the subnets of the nodes: denied"],
    };
    assert.equal(
      describePreviews([preview]),
      `prod  us-west-2  stack prod: 1 resource would change (delete 1).

OPERATION  TYPE            NAME
delete     aws ec2 Subnet  pods-us-west-2c

Addresses for pods  24,561
Pods per node       20
Nodes to rotate     118 of 130 (about 3 h)
Waits for           payments/ledger (3 pods, 1 at a time)

Look at:
  deletes the subnet 100.64.64.0/19 of us-west-2c, with 212 pods in it (SUBNET-LOST, pods-us-west-2c)
    Pods in it keep it from going.
    -> Give its zone back.

Pulumi warns:
  WARM_ENI_TARGET is not what was asked for

Not seen:
  the subnets of the nodes: denied`,
    );
  });
});
