import assert from "node:assert/strict";
import { readVpcCniValues, vpcCniConfigurationSchema } from "../../../../sandbox/aws/eks/configurationValues";

describe("configuration values of vpc-cni", () => {
  it("are JSON or YAML", () => {
    const expected = { env: { WARM_IP_TARGET: "2" } };
    assert.deepEqual(readVpcCniValues('{"env":{"WARM_IP_TARGET":"2"}}', {}), expected);
    assert.deepEqual(readVpcCniValues('env:\n  WARM_IP_TARGET: "2"\n', {}), expected);
    assert.deepEqual(readVpcCniValues(undefined, {}), {});
  });

  const refused: [string, string, string][] = [
    [
      "an env name that the CNI doesn't know",
      '{"env":{"WARM_IPS":"2"}}',
      "$.env.WARM_IPS: is not defined in the schema and the schema does not allow additional properties",
    ],
    [
      "an env value that is no string",
      '{"env":{"WARM_IP_TARGET":2}}',
      "$.env.WARM_IP_TARGET: number found, string expected",
    ],
    [
      "a part that the chart doesn't have",
      '{"nodeSelector":{}}',
      "$.nodeSelector: is not defined in the schema and the schema does not allow additional properties",
    ],
    [
      "ENIConfigs without subnets",
      '{"eniConfig":{"create":true,"region":"us-west-2","subnets":{}}}',
      "$.eniConfig.subnets: there must be a minimum of 1 properties",
    ],
    [
      "an ENIConfig without a subnet",
      '{"eniConfig":{"create":true,"region":"us-west-2","subnets":{"us-west-2a":{}}}}',
      "$.eniConfig.subnets.us-west-2a.id: is missing but it is required",
    ],
  ];
  for (const [what, values, said] of refused) {
    it(`refuse ${what}`, () => {
      assert.throws(() => readVpcCniValues(values, { addonName: "vpc-cni" }), {
        code: "InvalidParameterException",
        message: `ConfigurationValue provided in request is not supported: Json schema validation failed with error: [${said}]`,
        members: { addonName: "vpc-cni" },
      });
    });
  }

  it("are described by a JSON schema without additional properties", () => {
    const schema = JSON.parse(vpcCniConfigurationSchema()) as {
      additionalProperties: boolean;
      properties: Record<
        string,
        { additionalProperties: boolean; properties: Record<string, { type: string }> }
      >;
    };
    assert.equal(schema.additionalProperties, false);
    const env = schema.properties.env;
    assert.equal(env?.additionalProperties, false);
    assert.equal(env.properties.AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG?.type, "string");
    assert.equal(env.properties.ENI_CONFIG_LABEL_DEF?.type, "string");
  });
});
