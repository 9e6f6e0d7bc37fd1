import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { awsNeeds } from "../../../planning/permissions/awsNeeds";
import {
  CNI_OBJECT,
  HISTORY_OBJECT,
  kubernetesNeeds,
  ROTATION_OBJECT,
} from "../../../planning/permissions/kubernetesNeeds";
import { AWS_FUNCTIONS, AWS_RESOURCES } from "../../../planning/permissions/pulumiResources";
import type { Step } from "../../../planning/permissions/wanted";
import { CNI_RECORD } from "../../../automation/cniRecord";
import { HISTORY } from "../../../automation/rotation/history";
import { ROTATION_RECORD } from "../../../automation/rotation/record";

const root = join(__dirname, "..", "..", "..");

/** The sources below a folder, with their texts. */
function sourcesIn(folder: string): { readonly file: string; readonly text: string }[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .map((file) => ({
      file: `${folder}/${file}`,
      text: readFileSync(join(root, folder, file), "utf8"),
    }));
}

/** How policies name the service of a client's package. */
const SERVICES: Readonly<Record<string, string>> = {
  "auto-scaling": "autoscaling",
  ec2: "ec2",
  eks: "eks",
  "elastic-load-balancing": "elasticloadbalancing",
  "elastic-load-balancing-v2": "elasticloadbalancing",
  iam: "iam",
  "service-quotas": "servicequotas",
  sts: "sts",
};

/** Actions that nobody needs a policy for. */
const FREE: ReadonlySet<string> = new Set(["sts:GetCallerIdentity"]);

/** The actions that a source calls by the SDK. */
function actionsIn(text: string): string[] {
  const imports = [...text.matchAll(/import \{([^}]*)\} from "@aws-sdk\/client-([\w-]+)"/g)];
  return imports.flatMap(([, names = "", client = ""]) =>
    [...names.matchAll(/\b(?:(\w+)Command|paginate(\w+))\b(?!Output|Input)/g)].map(
      ([, command = "", paginated = ""]) => `${SERVICES[client] ?? client}:${command}${paginated}`,
    ),
  );
}

/** The step of what a folder does; elsewhere any step will do. */
const STEP_OF: readonly (readonly [RegExp, Step])[] = [
  [/^automation\/(preflight|init)\//, "preflight"],
  [/^automation\/rotation\//, "rotate"],
  [/^automation\/rollback\//, "rollback"],
  [/^automation\/verification\//, "verify"],
  [/^components\//, "up"],
];

/** The step of a file, where its folder tells. */
function stepOf(file: string): Step | undefined {
  return STEP_OF.find(([folder]) => folder.test(file))?.[1];
}

/** What preflight tries as a dry run alone: up does it. */
const DRY_RUNS: ReadonlySet<string> = new Set([
  "ec2:AllocateAddress",
  "ec2:CreateRouteTable",
  "ec2:CreateSubnet",
  "ec2:CreateTags",
]);

describe("the permissions of the steps", () => {
  it("have every action of AWS that the sources call, for the step that calls it", () => {
    const needs = awsNeeds();
    const called = [...sourcesIn("automation"), ...sourcesIn("components")].flatMap(({ file, text }) =>
      actionsIn(text).map((action) => ({ file, action })),
    );
    assert.ok(called.length > 60, `${called.length} calls`);
    const missing = called.filter(({ file, action }) => {
      if (FREE.has(action)) return false;
      const step = stepOf(file);
      const isOfAnyStep = step === undefined || (step === "preflight" && DRY_RUNS.has(action));
      return !needs.some((need) => need.action === action && (isOfAnyStep || need.steps.includes(step)));
    });
    assert.deepEqual(missing, []);
  });

  it("have every resource and function of Pulumi's AWS plugin that the components use", () => {
    const used = sourcesIn("components").flatMap(({ text }) =>
      [...text.matchAll(/from "@pulumi\/aws\/([\w/]+)"/g)].map(([, path = ""]) => path),
    );
    const known = new Set([...Object.keys(AWS_RESOURCES), ...Object.keys(AWS_FUNCTIONS)]);
    assert.deepEqual([...new Set(used)].sort(), [...known].sort());
  });

  it("have every resource of Kubernetes that the sources name in a path, for the step that does", () => {
    const path = /\/(?:api\/v1|apis\/([a-z0-9.]+)\/v\w+)(?:\/namespaces\/[^/`"]+)?\/([a-z0-9]+)/g;
    const needs = kubernetesNeeds();
    const named = sourcesIn("automation").flatMap(({ file, text }) =>
      [...text.matchAll(path)].map(([, group = "", resource = ""]) => ({ file, group, resource })),
    );
    assert.ok(named.length > 30, `${named.length} paths`);
    const missing = named.filter(({ file, group, resource }) => {
      // What every user has by the ClusterRole system:basic-user.
      if (/^self.*reviews$/.test(resource)) return false;
      const step = stepOf(file);
      return !needs.some(
        (need) =>
          need.group === group &&
          need.resource === resource &&
          (step === undefined || need.steps.includes(step)),
      );
    });
    assert.deepEqual(missing, []);
  });

  it("have every resource of Pulumi's Kubernetes plugin that the components use", () => {
    const resources: Readonly<Record<string, string>> = {
      "apiextensions/customResource": "eniconfigs",
      "apiextensions/v1/customResourceDefinition": "customresourcedefinitions",
      "apps/v1/daemonSet": "daemonsets",
      "apps/v1/daemonSetPatch": "daemonsets",
      "core/v1/serviceAccount": "serviceaccounts",
      utilities: "ec2nodeclasses",
    };
    const used = sourcesIn("components").flatMap(({ text }) =>
      [...text.matchAll(/^import \{.* from "@pulumi\/kubernetes\/([\w/]+)"/gm)].map(([, path = ""]) => path),
    );
    const needed = kubernetesNeeds().filter(({ steps }) => steps.includes("up"));
    assert.deepEqual(
      [...new Set(used)].filter((path) => !needed.some(({ resource }) => resource === resources[path])),
      [],
    );
  });

  it("name the objects of kube-system as the runner does", () => {
    assert.deepEqual([ROTATION_OBJECT, CNI_OBJECT, HISTORY_OBJECT], [ROTATION_RECORD, CNI_RECORD, HISTORY]);
  });
});
