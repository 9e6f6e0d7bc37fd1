import assert from "node:assert/strict";
import { describePreflight } from "../../cli/preflightText";
import type { Preflight } from "../../planning/preflight/preflight";

const nothing: Preflight = { findings: [], accepted: [], passed: ["A", "B"], notRun: [], acceptedInVain: [] };

describe("a preflight as people read it", () => {
  it("says the verdict first, and what was not run", () => {
    assert.equal(describePreflight("prod", nothing), "prod  0 stop, 0 warn, 2 ok\n\nNot run: nothing.");
  });

  it("names each finding with its evidence and its way out, in columns", () => {
    const found: Preflight = {
      ...nothing,
      findings: [
        {
          id: "PDB-NEVER",
          level: "stop",
          title: "shop/web allows no eviction",
          evidence: ["3 pods", "Owner: ReplicaSet shop/web."],
          wayOut: "Scale it.",
        },
        { id: "NACL", level: "warn", title: "acl-1", evidence: [], wayOut: "Add an entry." },
      ],
    };
    assert.equal(
      describePreflight("prod", found),
      [
        "prod  1 stop, 1 warn, 2 ok",
        "",
        "STOP  PDB-NEVER  shop/web allows no eviction",
        "                 3 pods",
        "                 Owner: ReplicaSet shop/web.",
        "                 -> Scale it.",
        "",
        "warn  NACL       acl-1",
        "                 -> Add an entry.",
        "",
        "Not run: nothing.",
      ].join("\n"),
    );
  });

  it("tells what was not seen and what was accepted, with cause or in vain", () => {
    const text = describePreflight("prod", {
      ...nothing,
      accepted: [{ id: "NACL", level: "warn", title: "", evidence: [], wayOut: "" }],
      notRun: [{ id: "SG-INGRESS", why: "the security groups of the VPC: not authorized" }],
      acceptedInVain: ["BARE-POD"],
    });
    assert.equal(
      text,
      [
        "prod  0 stop, 0 warn, 2 ok",
        "",
        "Not run:",
        "  SG-INGRESS: not seen: the security groups of the VPC: not authorized",
        "Accepted earlier: NACL.",
        "Accepted, and not found any more: BARE-POD.",
      ].join("\n"),
    );
  });
});
