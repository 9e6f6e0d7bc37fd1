import assert from "node:assert/strict";
import {
  CreatePodIdentityAssociationCommand,
  DeletePodIdentityAssociationCommand,
  DescribePodIdentityAssociationCommand,
  ListPodIdentityAssociationsCommand,
  TagResourceCommand,
  UpdatePodIdentityAssociationCommand,
} from "@aws-sdk/client-eks";
import { frontFixture } from "../support/frontFixture";
import { makeSmallCluster } from "../support/smallCluster";

describe("pod identity associations of the emulated EKS", function () {
  this.timeout(120_000);
  const aws = frontFixture();
  const clusterName = "small";
  const roleArn = "arn:aws:iam::123456789012:role/orders";
  before(() => makeSmallCluster(aws()));

  const create = (namespace: string, serviceAccount: string) =>
    aws().eks.send(
      new CreatePodIdentityAssociationCommand({ clusterName, namespace, serviceAccount, roleArn }),
    );
  const list = async (filter: { namespace?: string; serviceAccount?: string } = {}) => {
    const { associations = [] } = await aws().eks.send(
      new ListPodIdentityAssociationsCommand({ clusterName, ...filter }),
    );
    return associations.map((one) => `${one.namespace ?? ""}/${one.serviceAccount ?? ""}`);
  };

  it("are one per service account", async () => {
    const { association } = await create("orders", "api");
    assert.match(association?.associationId ?? "", /^a-[0-9a-z]{17}$/);
    assert.equal(association?.roleArn, roleArn);
    assert.equal(association.ownerArn, undefined);
    await assert.rejects(create("orders", "api"), {
      name: "ResourceInUseException",
      message: `Association already exists: ${association.associationId ?? ""}`,
    });
    await create("orders", "worker");
    await create("billing", "api");
  });

  it("are found by namespace and service account", async () => {
    assert.deepEqual(await list(), ["orders/api", "orders/worker", "billing/api"]);
    assert.deepEqual(await list({ namespace: "orders" }), ["orders/api", "orders/worker"]);
    assert.deepEqual(await list({ namespace: "orders", serviceAccount: "worker" }), ["orders/worker"]);
  });

  it("take another role and tags, and go", async () => {
    const { eks } = aws();
    const { associations } = await eks.send(
      new ListPodIdentityAssociationsCommand({ clusterName, namespace: "billing" }),
    );
    const { associationId, associationArn } = associations?.[0] ?? {};
    const other = "arn:aws:iam::123456789012:role/billing";
    await eks.send(new UpdatePodIdentityAssociationCommand({ clusterName, associationId, roleArn: other }));
    await eks.send(new TagResourceCommand({ resourceArn: associationArn, tags: { team: "billing" } }));
    const { association } = await eks.send(
      new DescribePodIdentityAssociationCommand({ clusterName, associationId }),
    );
    assert.deepEqual([association?.roleArn, association?.tags], [other, { team: "billing" }]);
    await eks.send(new DeletePodIdentityAssociationCommand({ clusterName, associationId }));
    await assert.rejects(
      eks.send(new DescribePodIdentityAssociationCommand({ clusterName, associationId })),
      {
        name: "ResourceNotFoundException",
        message: `Association with associationID ${associationId ?? ""} not found`,
      },
    );
    assert.deepEqual(await list({ namespace: "billing" }), []);
  });
});
