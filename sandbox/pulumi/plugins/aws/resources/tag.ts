import { CreateTagsCommand, DeleteTagsCommand, DescribeTagsCommand } from "@aws-sdk/client-ec2";
import type { Aws } from "../aws";
import { says } from "../awsError";
import { text, type ResourceKind } from "../resourceKind";

/** One tag on something of EC2 that another program made. */
export const tag: ResourceKind = {
  type: "aws:ec2/tag:Tag",
  schema: {
    key: { type: "string", required: true, replaces: true },
    region: { type: "string", computed: true, replaces: true },
    resourceId: { type: "string", required: true, replaces: true },
    value: { type: "string", required: true },
  },
  async create(inputs, aws) {
    const resourceId = text(inputs, "resourceId");
    const key = text(inputs, "key");
    await put(resourceId, key, text(inputs, "value"), aws);
    return `${resourceId},${key}`;
  },
  async read(id, aws) {
    const [resourceId, key] = partsOf(id);
    const Filters = [
      { Name: "resource-id", Values: [resourceId] },
      { Name: "key", Values: [key] },
    ];
    const { Tags = [] } = await says(`reading EC2 Tag (${id})`, () =>
      aws.ec2.send(new DescribeTagsCommand({ Filters })),
    );
    const [found] = Tags;
    return found === undefined ? undefined : { key, resourceId, value: found.Value ?? "" };
  },
  async update(id, _state, inputs, aws) {
    await put(...partsOf(id), text(inputs, "value"), aws);
    return undefined;
  },
  async delete(id, _state, aws) {
    const [resourceId, Key] = partsOf(id);
    await says(`deleting EC2 Tag (${id})`, () =>
      aws.ec2.send(new DeleteTagsCommand({ Resources: [resourceId], Tags: [{ Key }] })),
    );
  },
};

async function put(resourceId: string, Key: string, Value: string, aws: Aws): Promise<void> {
  await says(`creating EC2 Tag (${Key}) for resource (${resourceId})`, () =>
    aws.ec2.send(new CreateTagsCommand({ Resources: [resourceId], Tags: [{ Key, Value }] })),
  );
}

/** A key may have commas in it, a resource's ID has none. */
function partsOf(id: string): [string, string] {
  const comma = id.indexOf(",");
  if (comma < 1) throw new Error(`unexpected format for ID (${id}), expected resource-id,key`);
  return [id.slice(0, comma), id.slice(comma + 1)];
}
