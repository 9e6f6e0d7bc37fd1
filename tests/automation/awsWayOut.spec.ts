import assert from "node:assert/strict";
import { awsWayOut, fixForAws } from "../../automation/awsWayOut";

/** An error of an SDK of AWS. */
function failure(name: string, message: string): Error {
  return Object.assign(new Error(message), { name });
}

describe("the way out of a failure of AWS", () => {
  const rows: [name: string, error: Error, fix: RegExp][] = [
    [
      "expired keys",
      failure("ExpiredTokenException", "The security token included in the request is expired"),
      /^The credentials have run out: sign in again with aws sso login/,
    ],
    [
      "keys that EC2 finds expired",
      failure("RequestExpired", "Request has expired."),
      /^The credentials have run out/,
    ],
    [
      "a session of SSO that is over",
      failure(
        "CredentialsProviderError",
        "The SSO session token associated with profile=shop was not found or is invalid. To refresh this SSO session run 'aws sso login' with the corresponding profile.",
      ),
      /^The credentials have run out/,
    ],
    [
      "no credentials",
      failure("CredentialsProviderError", "Could not load credentials from any providers"),
      /^Give credentials of the account: AWS_PROFILE, .* AWS_ACCESS_KEY_ID/,
    ],
    [
      "keys that AWS does not know",
      failure("UnrecognizedClientException", "The security token included in the request is invalid."),
      /^AWS does not take these credentials in this Region: aws configure list/,
    ],
    [
      "a clock that is wrong",
      failure("InvalidSignatureException", "Signature expired: 20261122T000000Z is now earlier than"),
      /^Set the clock/,
    ],
    [
      "too many calls",
      failure("ThrottlingException", "Rate exceeded"),
      /^AWS refuses calls of this account for a while/,
    ],
    [
      "a missing permission",
      failure("AccessDeniedException", "User: ann is not authorized to perform: eks:DescribeCluster"),
      /^Give the credentials the IAM action/,
    ],
    [
      "a Region that is none",
      failure("Error", "getaddrinfo ENOTFOUND eks.us-wset-2.amazonaws.com"),
      /^This computer finds no address of that host: check the Region in its name/,
    ],
    [
      "an endpoint that is down",
      failure("Error", "connect ECONNREFUSED 127.0.0.1:4566"),
      /^Check that this address answers; AWS_ENDPOINT_URL/,
    ],
    [
      "an endpoint that says nothing",
      failure("TimeoutError", "Connection timed out after 5000 ms"),
      /^Check that this address answers/,
    ],
    [
      "anything else",
      failure("InternalFailure", "We had a problem"),
      /^Check credentials \(aws sts get-caller-identity\), their permissions, Region and endpoint\.$/,
    ],
  ];
  for (const [name, error, fix] of rows) {
    it(`is told of ${name}`, () => {
      assert.match(fixForAws(error), fix);
    });
  }

  it("is a sandbox, where the shell still speaks to one that is gone, and nowhere else", () => {
    const refused = "connect ECONNREFUSED 127.0.0.1:27744";
    const env = { AWS_ENDPOINT_URL: "http://127.0.0.1:27744", AWS_ACCESS_KEY_ID: "sandbox" };
    assert.match(
      awsWayOut(refused, env) ?? "",
      /^This shell speaks to a sandbox that is gone, .* podnet sandbox up,/,
    );
    const others = [
      awsWayOut(refused, { ...env, AWS_ACCESS_KEY_ID: "test" }),
      awsWayOut(refused, { ...env, AWS_ENDPOINT_URL: "http://127.0.0.1:4566" }),
      awsWayOut("connect ECONNREFUSED 10.0.0.1:443", { AWS_ACCESS_KEY_ID: "sandbox" }),
    ];
    for (const other of others) assert.match(other ?? "", /^Check that this address answers/);
  });
});
