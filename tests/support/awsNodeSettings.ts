import * as fc from "fast-check";
import { AWS_NODE_SETTINGS, ENV_TABLE, type EnvEncoding } from "../../planning/awsNode/envTable";
import type { AwsNodeSettings } from "../../planning/awsNode/settings";
import { aBlock } from "./arbitraries";

/** Any settings that can be written, whether they make sense together or not. */
export const someSettings = fc.record(
  Object.fromEntries(AWS_NODE_SETTINGS.map((name) => [name, valueOf(ENV_TABLE[name].encoding)])),
  { requiredKeys: [] },
) as fc.Arbitrary<AwsNodeSettings>;

function valueOf(encoding: EnvEncoding): fc.Arbitrary<unknown> {
  switch (encoding.kind) {
    case "boolean":
      return fc.boolean();
    case "integer":
      return fc.integer({ min: encoding.from, max: encoding.to });
    case "text":
      return fc.string().filter((text) => !/[\0\r\n]/.test(text));
    case "choice":
      return fc.constantFrom(...encoding.of);
    case "cidrs":
      return fc.array(
        aBlock({ from: 0, to: 32 }).map(({ cidr }) => cidr),
        { maxLength: 4 },
      );
    case "tags":
      return fc.dictionary(fc.string(), fc.string(), { noNullPrototype: true });
  }
}
