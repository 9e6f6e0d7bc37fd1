import assert from "node:assert/strict";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { awsClients, checkedAws } from "../../automation/connect";
import { InvalidEndpointError } from "../../automation/profileEndpoint";
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
[profile broken]
endpoint_url = localhost:4566
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

  it("is refused before it is asked where it is no URL, by who says it", async () => {
    const { signal } = new AbortController();
    const environment = { name: "prod", stack: "prod", region: "us-west-2", rotation: {} };
    const refusal = async (profile?: string) => {
      try {
        await checkedAws({ ...environment, ...(profile !== undefined && { profile }) }, signal);
      } catch (error) {
        assert.ok(error instanceof InvalidEndpointError, String(error));
        return [error.message, error.isOfSettings];
      }
      return undefined;
    };
    const refused = (by: string) => [`${by}, which is no URL of http or https`, true];
    assert.deepEqual(
      await refusal("broken"),
      refused('endpoint_url of AWS profile broken is "localhost:4566"'),
    );
    set({ AWS_ENDPOINT_URL: "http://ok.example", AWS_ENDPOINT_URL_EC2: "notaurl" });
    assert.deepEqual(await refusal("broken"), refused('AWS_ENDPOINT_URL_EC2 is "notaurl"'));
    set({ AWS_ENDPOINT_URL: "http://", AWS_ENDPOINT_URL_EC2: undefined });
    assert.deepEqual(await refusal(), refused('AWS_ENDPOINT_URL is "http://"'));
    set({ AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: "true" });
    assert.equal(await refusal(), undefined);
  });
});
