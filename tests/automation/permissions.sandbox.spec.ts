import assert from "node:assert/strict";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { DescribeClusterCommand } from "@aws-sdk/client-eks";
import { stringify } from "yaml";
import type { ApiObject } from "../../automation/kubernetes";
import type { IamPolicy } from "../../planning/permissions/iamPolicy";
import { kubernetesNeeds, type KubernetesNeed } from "../../planning/permissions/kubernetesNeeds";
import type { RbacObject } from "../../planning/permissions/rbac";
import { ALL_STEPS, type Step } from "../../planning/permissions/wanted";
import { standInPulumiRoot } from "../../sandbox/pulumi/root";
import { judgedCall } from "../support/iamActions";
import { attributesOf, type RequestAttributes } from "../support/kubernetesRequest";
import { podnetJson } from "../support/podnet";
import { startedPodnet } from "../support/podnetProcess";
import { apiServerTls, groupOf, makeUser, writeTokenKubeconfig } from "../support/roleUsers";
import { sandboxFixture } from "../support/sandbox";
import { temporaryFolder } from "../support/temporaryFolder";
import { tapped, type Exchange, type Wire } from "../support/wire";
import { UNSEEN_ACTIONS, UNUSED_VERBS } from "./permissionsUnseen";
import { clusterOf, type Cluster } from "./rotation/podNetwork";

const root = join(__dirname, "..", "..");

/** Some of everything that a stack may ask for, so that the steps do as many kinds of things as one cluster lets them. */
function stackFile(securityGroup: string, team: string, changed: Readonly<Record<string, unknown>>): string {
  const settings = {
    clusterName: "small",
    podCidrs: ["100.64.0.0/16"],
    cni: { mode: "addOn" },
    egress: "singleNat",
    prefixReservations: true,
    fargateProfile: {
      name: "jobs",
      podExecutionRoleArn: "arn:aws:iam::123456789012:role/jobs",
      selectors: [{ namespace: "jobs" }],
    },
    workerGroups: [
      { name: "pods-general", like: "general", replaces: ["general"], labels: { team } },
      { name: "pods-batch", like: "batch", replaces: ["batch"], securityGroupIds: [securityGroup] },
    ],
    ...changed,
  };
  const config = Object.entries<unknown>(settings).map(
    ([key, value]) => [`eks-pod-network:${key}`, value] as const,
  );
  return stringify({ config: { "aws:region": "us-west-2", ...Object.fromEntries(config) } });
}

const ENVIRONMENTS = `environments:
  - { name: shop, region: us-west-2, rotation: { maxUnavailable: 3 } }
`;

/** What `podnet permissions` is asked for, for each step. */
const ASKED: Readonly<Partial<Record<Step, string>>> = { verify: "--smoke --deep" };

/** As --json prints it. */
interface Printed {
  readonly iam: IamPolicy;
  readonly rbac: { readonly items: readonly RbacObject[] };
}

/** As the API server answers one: without a name. */
interface SubjectAccessReview {
  readonly status?: { readonly allowed?: boolean };
}

describe("the permissions that podnet permissions prints", function () {
  this.timeout(600_000);
  const sandbox = sandboxFixture("small");
  const printed = new Map<Step, Printed>();
  const tokens = new Map<Step, string>();
  let folder: string;
  let cluster: Cluster;
  let securityGroup: string;
  let aws: Wire;
  let apiServer: Wire;

  const write = (path: string, text: string) => {
    writeFileSync(join(folder, path), text);
  };
  const printedFor = (step: Step): Printed => printed.get(step) ?? assert.fail(step);

  before(async () => {
    const record = sandbox.record();
    cluster = clusterOf(record);
    const { cluster: found } = await cluster.outside.eks.send(
      new DescribeClusterCommand({ name: record.clusterName }),
    );
    securityGroup = found?.resourcesVpcConfig?.clusterSecurityGroupId ?? "";
    folder = temporaryFolder();
    mkdirSync(join(folder, "stacks"));
    const project = readFileSync(join(root, "Pulumi.yaml"), "utf8");
    write("Pulumi.yaml", project.replace("main: ", `main: ${relative(folder, root)}/`));
    write("stacks/Pulumi.shop.yaml", stackFile(securityGroup, "shop", { tags: { team: "shop" } }));
    write("stacks/environments.yaml", ENVIRONMENTS);
    const tls = apiServerTls(record);
    aws = await tapped(record.awsEndpoint);
    apiServer = await tapped(record.server, tls);
    for (const step of ALL_STEPS) {
      const user = `podnet-${step}`;
      const { json } = await podnetJson(
        `permissions shop --work-dir ${folder} --owner managed --step ${step} --group ${groupOf(user)} ${ASKED[step] ?? ""}`,
        { [join(folder, "stacks", "environments.yaml")]: ENVIRONMENTS },
      );
      printed.set(step, json as Printed);
      const token = await makeUser(cluster.kubernetes, user, printedFor(step).rbac.items);
      tokens.set(step, token);
      writeTokenKubeconfig(join(folder, `${step}.kubeconfig`), apiServer.url, tls.ca, token);
    }
  });
  after(async () => {
    await aws.close();
    await apiServer.close();
    rmSync(folder, { recursive: true });
  });

  /** Runs podnet as the user of a step. @returns what the API server has refused, and what podnet printed. */
  const podnetAs = async (step: Step, line: string) => {
    const before = apiServer.exchanges.length;
    const pulumi = step === "preflight" ? [] : ["--pulumi-root", standInPulumiRoot()];
    const { ended } = startedPodnet([...line.split(" "), "--json", "--work-dir", folder, ...pulumi], {
      env: {
        ...sandbox.env(),
        AWS_ENDPOINT_URL: aws.url,
        // By which its calls are known.
        AWS_ACCESS_KEY_ID: step,
        KUBECONFIG: join(folder, `${step}.kubeconfig`),
      },
    });
    const { code, stdout, stderr } = await ended;
    const refused = apiServer.exchanges.slice(before).filter(({ status }) => status === 403);
    assert.match(stdout, /^[[{]/, `${line}: exit code ${code}: ${stderr}`);
    return { code, json: JSON.parse(stdout) as unknown, stderr, refused: refused.map(inWords) };
  };
  /** The same, of what has to succeed without a single refusal. */
  const donePodnet = async (step: Step, line: string) => {
    const { code, json, stderr, refused } = await podnetAs(step, line);
    assert.deepEqual(refused, [], line);
    assert.equal(code, 0, `${line}: ${stderr}`);
    return json;
  };

  it("let preflight and preview see everything", async () => {
    // What it lacks are the permissions of the other steps.
    const { json, refused } = await podnetAs("preflight", "preflight shop");
    const { findings } = json as { findings: readonly { id: string; level: string }[] };
    assert.deepEqual(refused, []);
    assert.deepEqual(
      [...new Set(findings.filter(({ level }) => level !== "info").map(({ id }) => id))].sort(),
      ["CNI-HELD", "RBAC-MISSING"],
    );
    const preview = (await donePodnet("preview", "preview shop")) as { notSeen: unknown };
    assert.deepEqual(preview.notSeen, []);
  });

  it("let up make what the stack asks for, and change it, and preview look at it", async () => {
    await donePodnet("up", "up shop");
    const changed = stackFile(securityGroup, "other", { securityGroupIds: [securityGroup] });
    write("stacks/Pulumi.shop.yaml", changed);
    await donePodnet("up", "up shop");
    for (const line of ["drift shop", "status shop", "rotate shop --dry-run"])
      await donePodnet("preview", line);
  });

  it("let nobody rotate who may only preview", async () => {
    const { code, refused } = await podnetAs("preview", "rotate shop");
    assert.deepEqual([code, refused], [3, ["create leases.coordination.k8s.io in kube-system"]]);
  });

  it("let rotate replace all nodes, and verify try new pods", async () => {
    await donePodnet("rotate", "rotate shop");
    await donePodnet("rotate", "rotate shop --abort");
    await donePodnet("verify", "verify shop --smoke --deep");
  });

  it("let rollback take everything back", async () => {
    await donePodnet("preview", "rollback shop --dry-run");
    await donePodnet("rollback", "rollback shop");
  });

  /** The actions that IAM has judged for a step. */
  const actionsOf = (step: Step) => [
    ...new Set(
      aws.exchanges
        .map(judgedCall)
        .filter(({ accessKeyId }) => accessKeyId === step)
        .flatMap(({ actions }) => actions)
        // Everybody may.
        .filter((action) => action !== "sts:GetCallerIdentity"),
    ),
  ];

  for (const step of ALL_STEPS) {
    it(`are in AWS the actions that ${step} takes, and no other`, () => {
      const allowed = [...new Set(printedFor(step).iam.Statement.flatMap(({ Action }) => Action))];
      const seen = actionsOf(step);
      assert.deepEqual(
        seen.filter((action) => !allowed.includes(action)),
        [],
      );
      const unseen = allowed.filter((action) => !seen.includes(action));
      assert.deepEqual(
        unseen.filter((action) => !UNSEEN_ACTIONS.has(action)),
        [],
      );
    });

    it(`are in Kubernetes the verbs that ${step} uses, and no other`, () => {
      const asked = apiServer.exchanges
        .filter(({ headers }) => headers.authorization === `Bearer ${tokens.get(step) ?? ""}`)
        .flatMap((exchange) => attributesOf(exchange) ?? []);
      const unused = allowedBy(printedFor(step).rbac.items).filter(
        (rule) => !asked.some((request) => covers(rule, request)),
      );
      assert.deepEqual(
        unused.map(worded).filter((one) => !UNUSED_VERBS.has(one)),
        [],
      );
    });

    it(`allow to ${step} in Kubernetes nothing else of what any step may need`, async () => {
      const rules = allowedBy(printedFor(step).rbac.items);
      const differing = await Promise.all(
        kubernetesNeeds().map(async (need) => {
          const { subresource, resource, ...rest } = need;
          const whole = subresource === undefined ? resource : `${resource}/${subresource}`;
          const isCovered = rules.some((rule) => covers(rule, { ...rest, resource: whole }));
          return (await isAllowed(need, step)) === isCovered ? [] : [{ ...need, isCovered }];
        }),
      );
      assert.deepEqual(differing.flat(), []);
    });
  }

  it("have all that is known to go unused here", () => {
    const all = [...printed.values()];
    const actions = all.flatMap(({ iam }) => iam.Statement.flatMap(({ Action }) => Action));
    const verbs = all.flatMap(({ rbac }) => allowedBy(rbac.items).map(worded));
    assert.deepEqual(
      [...UNSEEN_ACTIONS].filter((action) => !actions.includes(action)),
      [],
    );
    assert.deepEqual(
      [...UNUSED_VERBS].filter((verb) => !verbs.includes(verb)),
      [],
    );
  });

  it("allow in kube-system what is for one object to none of another name", async () => {
    const get = { verb: "get", group: "apps", resource: "daemonsets", namespace: "kube-system" };
    assert.equal(await isAllowed({ ...get, name: "aws-node" }, "preview"), true);
    assert.equal(await isAllowed({ ...get, name: "kube-proxy" }, "preview"), false);
    assert.equal(await isAllowed({ ...get, namespace: "default", name: "aws-node" }, "preview"), false);
  });

  async function isAllowed(need: Omit<KubernetesNeed, "steps">, step: Step): Promise<boolean> {
    const { verb, group, resource, subresource, namespace, name } = need;
    const { status } = (await cluster.kubernetes.create(
      "/apis/authorization.k8s.io/v1/subjectaccessreviews",
      {
        apiVersion: "authorization.k8s.io/v1",
        kind: "SubjectAccessReview",
        metadata: {},
        spec: {
          user: "ann",
          groups: [groupOf(`podnet-${step}`)],
          resourceAttributes: { verb, group, resource, subresource, namespace, name },
        },
      } as unknown as ApiObject,
    )) as SubjectAccessReview;
    return status?.allowed === true;
  }
});

/** What roles allow, one by one. */
function allowedBy(objects: readonly RbacObject[]): RequestAttributes[] {
  return objects.flatMap(({ metadata: { namespace }, rules = [] }) =>
    rules.flatMap(({ apiGroups: [group = ""], resources, verbs, resourceNames = [undefined] }) =>
      resources.flatMap((resource) =>
        verbs.flatMap((verb) =>
          resourceNames.map((name) => ({
            ...{ verb, group, resource },
            ...(namespace !== undefined && { namespace }),
            ...(name !== undefined && { name }),
          })),
        ),
      ),
    ),
  );
}

/** Whether a rule allows a request. */
function covers(rule: RequestAttributes, request: RequestAttributes): boolean {
  return (
    (["verb", "group", "resource"] as const).every((key) => rule[key] === request[key]) &&
    (rule.namespace ?? request.namespace) === request.namespace &&
    (rule.name ?? request.name) === request.name
  );
}

function worded({ verb, group, resource, namespace, name }: RequestAttributes): string {
  const what = group === "" ? resource : `${resource}.${group}`;
  const named = name === undefined ? "" : ` ${name}`;
  return `${verb} ${what}${named}${namespace === undefined ? "" : ` in ${namespace}`}`;
}

function inWords(exchange: Exchange): string {
  const attributes = attributesOf(exchange);
  return attributes === undefined ? exchange.url : worded(attributes);
}
