/**
 * Writes planning/instanceTypes.json anew from EC2 DescribeInstanceTypes.
 *
 * Asks the endpoint and Region that the AWS SDK finds in the environment: AWS itself, or an emulator at
 * AWS_ENDPOINT_URL.
 *
 *     AWS_REGION=us-east-1 npm run update-instance-types
 *     AWS_REGION=us-east-1 npm run update-instance-types -- other.json
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { EC2Client } from "@aws-sdk/client-ec2";
import { describeInstanceTypes } from "../automation/instanceTypes";
import { instanceTypeTable } from "../planning/instanceType";

const file = process.argv[2] ?? join(__dirname, "..", "planning", "instanceTypes.json");

async function main(): Promise<void> {
  const before = instanceTypeTable();
  const types = await describeInstanceTypes(new EC2Client({}));
  if (types.length === 0) throw new Error("EC2 answered no instance type; nothing was written");
  types.sort((a, b) => (a.instanceType < b.instanceType ? -1 : 1));

  // One row a line, so that a diff shows the types that came, went or changed.
  writeFileSync(file, `[\n${types.map((type) => JSON.stringify(type)).join(",\n")}\n]\n`);

  const now = new Set(types.map(({ instanceType }) => instanceType));
  const changed = types.filter((type) => {
    const old = before.get(type.instanceType);
    return old !== undefined && JSON.stringify(old) !== JSON.stringify(type);
  });
  const list = (names: string[]) => (names.length > 0 ? `${names.length}: ${names.join(", ")}` : "none");
  console.log(`${types.length} instance types written to ${file}`);
  console.log(`  new      ${list([...now].filter((name) => !before.has(name)))}`);
  console.log(`  gone     ${list([...before.keys()].filter((name) => !now.has(name)))}`);
  console.log(`  changed  ${list(changed.map(({ instanceType }) => instanceType))}`);
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 3;
});
