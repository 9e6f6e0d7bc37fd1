import assert from "node:assert/strict";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { awsClients } from "../../automation/connect";
import { temporaryFolder } from "../support/temporaryFolder";

const CONFIG = `[default]
endpoint_url = https://default.example
[profile plain]
region = us-west-2
[profile dev]
endpoint_url = https://dev.example
[profile prod]
endpoint_url = https://prod.example
services = private
[services private]
auto_scaling =
  endpoint_url = https://scaling.example
[profile straight]
endpoint_url = https://dev.example
ignore_configured_endpoint_urls = true
`;

const VARIABLES = [
  "AWS_CONFIG_FILE",
  "AWS_PROFILE",
  "AWS_ENDPOINT_URL",
  "AWS_ENDPOINT_URL_EC2",
  "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
] as const;

describe("the endpoint of a profile", () => {
  const folder = temporaryFolder();
  const variablesBefore = Object.fromEntries(VARIABLES.map((name) => [name, process.env[name]]));
  const set = (values: Partial<Record<(typeof VARIABLES)[number], string | undefined>>) => {
    for (const [name, value] of Object.entries(values)) {
      if (value === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = value;
    }
  };
  beforeEach(() => {
    set(Object.fromEntries(VARIABLES.map((name) => [name, undefined])));
    set({ AWS_CONFIG_FILE: join(folder, "config"), AWS_PROFILE: "dev" });
    writeFileSync(join(folder, "config"), CONFIG);
  });
  afterEach(() => {
    set(variablesBefore);
  });
  after(() => {
    rmSync(folder, { recursive: true });
  });
  const endpointsOf = async (profile?: string) => {
    const { ec2, autoScaling } = awsClients({
      region: "us-west-2",
      ...(profile !== undefined && { profile }),
    });
    return [
      await ec2.config.serviceConfiguredEndpoint?.(),
      await autoScaling.config.serviceConfiguredEndpoint?.(),
    ];
  };

  it("is that of the client's own profile, whichever AWS_PROFILE names", async () => {
    assert.deepEqual(await endpointsOf("prod"), ["https://prod.example", "https://scaling.example"]);
    assert.deepEqual(await endpointsOf("plain"), [undefined, undefined]);
    assert.deepEqual(await endpointsOf("straight"), [undefined, undefined]);
    assert.deepEqual(await endpointsOf(), ["https://dev.example", "https://dev.example"]);
  });

  it("gives way to the variables of the process", async () => {
    set({ AWS_ENDPOINT_URL: "https://all.example", AWS_ENDPOINT_URL_EC2: "https://ec2.example" });
    assert.deepEqual(await endpointsOf("prod"), ["https://ec2.example", "https://all.example"]);
    set({ AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: "true" });
    assert.deepEqual(await endpointsOf("prod"), [undefined, undefined]);
  });
});
