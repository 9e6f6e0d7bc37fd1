import assert from "node:assert/strict";
import type { STSClient } from "@aws-sdk/client-sts";
import { checkAccount, WrongAccountError } from "../../automation/account";

const caller = { Account: "111111111111", Arn: "arn:aws:iam::111111111111:user/ann" };
const outside = (send: () => Promise<unknown>) => ({
  sts: { send } as unknown as STSClient,
  signal: new AbortController().signal,
});

describe("checkAccount", () => {
  it("takes credentials of the account", async () => {
    const environment = { name: "prod", account: "111111111111" };
    await checkAccount(
      environment,
      outside(() => Promise.resolve(caller)),
    );
  });

  it("asks nothing where no account is said", async () => {
    await checkAccount(
      { name: "prod" },
      outside(() => assert.fail("STS was asked")),
    );
  });

  it("refuses those of another, and says whose they are", async () => {
    const environment = { name: "prod", account: "222222222222", profile: "shop" };
    await assert.rejects(
      checkAccount(
        environment,
        outside(() => Promise.resolve(caller)),
      ),
      (error) => {
        assert.ok(error instanceof WrongAccountError);
        assert.equal(
          error.message,
          "the credentials of profile shop are of account 111111111111 (arn:aws:iam::111111111111:user/ann); prod is in 222222222222",
        );
        return true;
      },
    );
  });
});
