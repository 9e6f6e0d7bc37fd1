import assert from "node:assert/strict";
import { pullRequestOf } from "../../../automation/comment/pullRequest";
import { InvalidInputError } from "../../../planning/problem";

const infra = { owner: "shop", repository: "infra" };
const repository = "shop/infra";

describe("pullRequestOf", () => {
  it("takes the pull request of the event that set a job off", () => {
    const event = JSON.stringify({ action: "opened", number: 3, pull_request: { number: 12 } });
    assert.deepEqual(pullRequestOf({}, { repository, event }), { ...infra, number: 12 });
  });

  it("takes that of a comment on one, but not an issue that is none", () => {
    const onPull = JSON.stringify({ issue: { number: 12, pull_request: { url: "https://api.github.com" } } });
    assert.equal(pullRequestOf({}, { repository, event: onPull }).number, 12);
    const onIssue = JSON.stringify({ issue: { number: 12 } });
    assert.throws(() => pullRequestOf({}, { repository, event: onIssue }), InvalidInputError);
  });

  it("takes the ref where the event tells none", () => {
    for (const event of [undefined, "", "no JSON", "[]", "{}"]) {
      assert.equal(pullRequestOf({}, { repository, event, ref: "refs/pull/7/merge" }).number, 7);
    }
  });

  it("takes what a person says before anything else", () => {
    const context = { repository: "other/one", ref: "refs/pull/7/merge" };
    assert.deepEqual(pullRequestOf({ repository, pullRequest: 12 }, context), { ...infra, number: 12 });
  });

  it("says all that is missing", () => {
    assert.throws(
      () => pullRequestOf({}, { ref: "refs/heads/main" }),
      (error) => {
        assert.ok(error instanceof InvalidInputError);
        assert.deepEqual(
          error.problems.map(({ path, reason }) => `${path} ${reason}`),
          [
            "repository is missing, and GITHUB_REPOSITORY is not set.",
            "pullRequest is missing, and neither GITHUB_EVENT_PATH nor GITHUB_REF names one.",
          ],
        );
        return true;
      },
    );
  });

  it("takes no path for a repository", () => {
    for (const given of ["infra", "shop/infra/pulls", "shop/../x", "shop/in fra"]) {
      assert.throws(() => pullRequestOf({ repository: given, pullRequest: 1 }, {}), InvalidInputError, given);
    }
  });
});
