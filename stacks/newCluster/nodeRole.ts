import { Role } from "@pulumi/aws/iam/role";
import { RolePolicyAttachment } from "@pulumi/aws/iam/rolePolicyAttachment";

/** What a node needs: to join, to pull images, and to manage network interfaces for the CNI. */
const POLICIES = ["AmazonEKSWorkerNodePolicy", "AmazonEC2ContainerRegistryPullOnly", "AmazonEKS_CNI_Policy"];

/** The role of the nodes, and the attachments that have to be there before the first one starts. */
export function nodeRole(name: string): {
  readonly role: Role;
  readonly attachments: readonly RolePolicyAttachment[];
} {
  const role = new Role(name, {
    assumeRolePolicy: JSON.stringify({
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Principal: { Service: "ec2.amazonaws.com" }, Action: "sts:AssumeRole" }],
    }),
  });
  const attachments = POLICIES.map(
    (policy) =>
      new RolePolicyAttachment(`${name}-${policy}`, {
        role: role.name,
        policyArn: `arn:aws:iam::aws:policy/${policy}`,
      }),
  );
  return { role, attachments };
}
